"""Limits on the size of request bodies."""

import asyncio
from contextlib import suppress
from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS

from api.formats import RequestTooLarge
from server.disconnects import ClientGone
from server.responses import refuse

LINGER_SECONDS, LINGER_IDLE_SECONDS = 5.0, 1.0
"""How long a refused body is still received: in all, and without another part of it."""


class BodyTooLarge(Exception):
    """The body exceeds the limit of its request."""


class LimitBody:
    """
    Returns 413 for API forms over `MAX_BODY_BYTES`, and for other bodies over `MAX_JSON_BODY_BYTES`. Forms
    for messages may have `MAX_PHOTO_BODY_BYTES`.

    Only the API's forms may be large, because the API reads a form only after verifying the sender's
    token. Other bodies are read completely, inside and outside the API, before a view can refuse them.
    `server.handler` keeps large forms on disk, and other bodies in memory. Bodies without a Content-Length
    are counted as they arrive.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        limit = _limit_of(scope)
        if _declared_length(scope) > limit:
            await _refuse(scope, receive, send)
            return
        if _has_known_length(scope):
            await self.app(scope, receive, send)
            return
        await self._count(limit, scope, receive, send)

    async def _count(self, limit: int, scope: Any, receive: Any, send: Any) -> None:
        received = 0

        async def counted() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge
            return message

        try:
            await self.app(scope, counted, send)
        except BodyTooLarge:
            await _refuse(scope, receive, send)


def is_form(scope: Any) -> bool:
    """
    Return whether an API request sends a multipart form, which may carry files.

    True if any Content-Type header has a multipart type, because parsers differ in which of several
    headers they use. No body that is parsed as a form may bypass the checks for uploads.
    """
    return scope["method"] not in SAFE_METHODS and any(
        name == b"content-type" and value[:10].lower() == b"multipart/"
        for name, value in scope["headers"]
    )


def _limit_of(scope: Any) -> int:
    """Return the limit on the body of a request; only the API accepts files."""
    if not scope["path"].startswith("/api/") or not is_form(scope):
        return settings.MAX_JSON_BODY_BYTES
    if scope["path"].startswith(settings.PHOTO_PATHS):
        return settings.MAX_PHOTO_BODY_BYTES
    return settings.MAX_BODY_BYTES


async def read_body(receive: Any) -> bytes:
    """Return the whole body; raise ClientGone if the client disconnects first."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _has_known_length(scope: Any) -> bool:
    """Return whether the server passes on at most Content-Length bytes, so that no counting is needed."""
    is_chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    return not is_chunked and scope["http_version"] in ("1.0", "1.1")


def _declared_length(scope: Any) -> int:
    """
    Return the Content-Length, or 0 without one.

    The server's parser has ensured a number below 2**64. But it accepts any number of leading zeros,
    and int() rejects text of more than 4,300 digits.
    """
    raw: bytes = dict(scope["headers"]).get(b"content-length", b"")
    return int(raw.lstrip(b"0") or 0)


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    """
    Send 413, then receive and discard the rest of the body for a few seconds before the connection closes.

    If it closed at once, the client's next packet would make TCP drop the response before the client has
    read it: a browser would report a network error, and a proxy 502.
    """
    too_large = RequestTooLarge
    status, head, content = refuse(
        413,
        too_large.default_detail,
        too_large.default_code,
        (b"connection", b"close"),
        path=scope["path"],
        request_headers=scope["headers"],
    )
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": content, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            await _discard(receive)
    await send({"type": "http.response.body", "body": b""})


async def _discard(receive: Any) -> None:
    """Receive until the body ends or the client disconnects; raise TimeoutError if the client pauses."""
    while True:
        async with asyncio.timeout(LINGER_IDLE_SECONDS):
            message = await receive()
        if not message.get("more_body", False):  # the last part, or http.disconnect
            return
