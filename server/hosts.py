"""Refuses requests and sockets for host names that are not in ALLOWED_HOSTS."""

import logging
import time
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from api.error_body import MALFORMED
from api.networks import read_address
from server.responses import refuse, send_response

logger = logging.getLogger(__name__)

LOG_SECONDS = 1.0
MAX_LOGGED = 100
"""The characters of a refused name that are logged."""
# Load balancers ask for the health of each process at its address, and some without a Host header.
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})


class AllowedHosts:
    """
    Returns 400 for a Host header that is not in ALLOWED_HOSTS, whatever the path, and for sockets.

    Health checks are also answered for any IP address as the host, and without a host. A refused name is
    logged, at most once a second.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._logged_at = float("-inf")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if _is_allowed(hosts):
            await self._app(scope, receive, send)
        elif scope["path"] in HEALTH_PATHS and _is_by_address(hosts):
            await self._app(_with_own_host(scope), receive, send)
        else:
            self._log(hosts)
            await _refuse(scope, send)

    def _log(self, hosts: list[str]) -> None:
        now = time.monotonic()
        if now - self._logged_at >= LOG_SECONDS:
            self._logged_at = now
            shown = ", ".join(hosts)[:MAX_LOGGED]
            logger.warning("Refused the host %r, which is not in ALLOWED_HOSTS.", shown)


def _is_allowed(hosts: list[str]) -> bool:
    return len(hosts) == 1 and _is_valid(hosts[0], tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=256)
def _is_valid(host: str, allowed: tuple[str, ...]) -> bool:
    return validate_host(split_domain_port(host)[0], allowed)


def _is_by_address(hosts: list[str]) -> bool:
    names = [split_domain_port(each)[0].strip("[]") for each in hosts]
    return all(read_address(name) for name in names)


def _with_own_host(scope: Any) -> Any:
    """Return the scope with the public host, because Django compares the header, too."""
    others = [each for each in scope["headers"] if each[0] != b"host"]
    own = urlsplit(settings.PUBLIC_URL).netloc.encode()
    return {**scope, "headers": [*others, (b"host", own)]}


async def _refuse(scope: Any, send: Any) -> None:
    """Refuse a request, or the handshake of a socket, before it is accepted."""
    answer = refuse(
        400, MALFORMED, "bad_request", path=scope["path"], request_headers=scope["headers"]
    )
    if scope["type"] == "http":
        await send_response(send, answer)
    elif "websocket.http.response" in scope.get("extensions", {}):
        status, headers, content = answer
        start, body = "websocket.http.response.start", "websocket.http.response.body"
        await send({"type": start, "status": status, "headers": headers})
        await send({"type": body, "body": content})
    else:
        await send({"type": "websocket.close"})  # the server answers 403
