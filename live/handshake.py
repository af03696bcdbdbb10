"""Reads the token, origin and query of a socket's handshake, and builds the messages that refuse it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from api.accepted_language import language_of_headers
from live.close_codes import CloseCode

BEARER = "bearer"
# Clients send two or three. A query of 8 KB could have thousands, and is read several times.
MAX_PARAMETERS = 50
Message = dict[str, Any]
Refusal = tuple[int, dict[str, str], dict[str, StrOrPromise]]
"""Status, headers and body."""


def query_params(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the query parameters, with the last value of each; none if there are too many."""
    text = scope.get("query_string", b"").decode("latin-1")
    try:
        query = parse_qs(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in query.items()}


def access_token(scope: Mapping[str, Any]) -> str:
    """
    Return the access token, or an empty string.

    Clients send it in the sub-protocols `bearer, <token>`, which are not logged, or in `?token=`.
    """
    if _has_bearer(scope):
        return str(scope["subprotocols"][1])
    return query_params(scope).get("token", "")


def has_token_in_query(scope: Mapping[str, Any]) -> bool:
    """Return whether the token is in `?token=`, as older clients send it."""
    return not _has_bearer(scope) and "token" in query_params(scope)


def _has_bearer(scope: Mapping[str, Any]) -> bool:
    protocols = scope.get("subprotocols", [])
    return len(protocols) > 1 and protocols[0] == BEARER


def accepted_subprotocol(scope: Mapping[str, Any]) -> str | None:
    """
    Return the sub-protocol to accept: `bearer` if the client offers it, else None.

    If a browser offers sub-protocols and the server accepts none, the connection fails.
    """
    return BEARER if BEARER in scope.get("subprotocols", []) else None


def is_allowed_origin(scope: Mapping[str, Any]) -> bool:
    """Return whether the origin is absent (native clients), the server's own, or in the allow-list."""
    headers = dict(scope.get("headers", []))
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return True
    host = headers.get(b"host", b"").decode("latin-1")
    is_own = origin.partition("://")[2] == host and _is_ours(host)
    return is_own or origin in settings.SOCKET_ALLOWED_ORIGINS


def _is_ours(host: str) -> bool:
    """Return whether ALLOWED_HOSTS has this name; strangers can point other names at this server."""
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def resume_version(scope: Mapping[str, Any]) -> int | None:
    """Return `?since=`, or None if it is missing. If it is invalid, return -1: then the client reloads."""
    raw = query_params(scope).get("since")
    if raw is None:
        return None
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1  # noqa: PLR2004


def wants_newest(scope: Mapping[str, Any]) -> bool:
    """Return whether the client asks by `?newest=true` for the versions on the first page of its list."""
    return query_params(scope).get("newest") == "true"


def refusal_messages(scope: Mapping[str, Any], code: CloseCode) -> list[Message]:
    """
    Return the ASGI messages that refuse a handshake with an HTTP status.

    This is for clients that send `?token=`, because they treat an accepted handshake as success. If
    the socket were accepted and then closed, they would reconnect every second.

    Return [] if `_REFUSALS` has no HTTP status for `code`, as for a bad token. Then the caller accepts
    the handshake, and closes the socket with `code`.
    """
    if code not in _REFUSALS:
        return []
    if "websocket.http.response" not in scope.get("extensions", {}):
        return [{"type": "websocket.close", "code": int(code)}]  # the server answers 403
    status, headers, body = _REFUSALS[code]
    headers = {"Content-Type": "application/json", **headers}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    with translation.override(language_of_headers(scope["headers"])):
        content = orjson.dumps(body, default=str)
    return [
        {"type": "websocket.http.response.start", "status": status, "headers": encoded},
        {"type": "websocket.http.response.body", "body": content},
    ]


_REFUSALS: dict[CloseCode, Refusal] = {
    CloseCode.NOT_VISIBLE: (
        403,
        {},
        {"detail": _("This does not exist, or you may not see it."), "code": "permission_denied"},
    ),
    CloseCode.TOO_MUCH: (
        503,
        {"Retry-After": "60"},
        {"detail": _("You have too many connections open."), "code": "throttled"},
    ),
    CloseCode.TRY_AGAIN_LATER: (
        503,
        {"Retry-After": "2"},
        {"detail": _("Try again in a moment."), "code": "temporarily_unavailable"},
    ),
}
