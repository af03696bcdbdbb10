"""How much a client may send."""

from typing import Any

import orjson
from django.conf import settings

TOO_LARGE = orjson.dumps({"detail": "The request is too large.", "code": "request_too_large"})


class BodyTooLarge(Exception):
    """More came than `MAX_BODY_BYTES`."""


class LimitBody:
    """
    Answer 413 to a body of more than `MAX_BODY_BYTES`, before it fills a disk.

    Django reads a body to its end into a file before any view can refuse it. A body without a
    length is counted as it comes.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if _declared_length(scope) > settings.MAX_BODY_BYTES:
            await _refuse(send)
            return
        received = 0

        async def counted() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > settings.MAX_BODY_BYTES:
                raise BodyTooLarge
            return message

        try:
            await self.app(scope, counted, send)
        except BodyTooLarge:
            await _refuse(send)


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
