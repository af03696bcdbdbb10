"""What a client says when it opens a socket."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http.request import split_domain_port, validate_host

BEARER = "bearer"


def query_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the query's parameters, the last of each."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return {name: values[-1] for name, values in query.items()}


def token_of(scope: Mapping[str, Any]) -> str:
    """
    Return the access token, or an empty string.

    From the sub-protocol pair `bearer, <token>`, which stays out of logs, or from `?token=`.
    """
    protocols = scope.get("subprotocols", [])
    if len(protocols) > 1 and protocols[0] == BEARER:
        return str(protocols[1])
    return query_of(scope).get("token", "")


def accepted_protocol(scope: Mapping[str, Any]) -> str | None:
    """Return the sub-protocol to answer with: a browser fails if it offered some and gets none."""
    return BEARER if BEARER in scope.get("subprotocols", []) else None


def is_allowed_origin(scope: Mapping[str, Any]) -> bool:
    """Let in native clients, which send no Origin, the server's own pages, and the allow-list."""
    headers = dict(scope.get("headers", []))
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return True
    host = headers.get(b"host", b"").decode("latin-1")
    is_own = origin.partition("://")[2] == host and _is_ours(host)
    return is_own or origin in settings.SOCKET_ALLOWED_ORIGINS


def _is_ours(host: str) -> bool:
    """Check the Host header too: a name that somebody else points here is not our own page."""
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def since_of(scope: Mapping[str, Any]) -> int | None:
    """Return `?since=`; None without it; -1 for what is no version, so that the client starts afresh."""
    raw = query_of(scope).get("since")
    if raw is None:
        return None
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1  # noqa: PLR2004
