"""How much a client may send."""

from typing import Any

import orjson
from django.conf import settings

TOO_LARGE = orjson.dumps({"detail": "The request is too large.", "code": "request_too_large"})


class BodyTooLarge(Exception):
    """More came than the request may have."""


class LimitBody:
    """
    Answer 413 to a body of more than `MAX_BODY_BYTES`, or of `MAX_JSON_BODY_BYTES` where no file can be.

    Outside the API Django reads a body to its end into a file before any view can refuse it, and
    inside it is held in memory. A body without a length is counted as it comes.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        limit = settings.MAX_BODY_BYTES if may_be_large(scope) else settings.MAX_JSON_BODY_BYTES
        if _declared_length(scope) > limit:
            await _refuse(send)
            return
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
            await _refuse(send)


def may_be_large(scope: Any) -> bool:
    """Tell whether a request may carry a file: below /api/ that takes a form, all else is JSON."""
    kind = dict(scope["headers"]).get(b"content-type", b"").lower()
    return not scope["path"].startswith("/api/") or kind.startswith(b"multipart/form-data")


def _declared_length(scope: Any) -> int:
    raw = dict(scope["headers"]).get(b"content-length", b"0")
    return int(raw) if raw.isdigit() and len(raw) < 20 else 0  # noqa: PLR2004 - digits of 64 bits


async def _refuse(send: Any) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(TOO_LARGE)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})
