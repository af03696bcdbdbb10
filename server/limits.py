"""How much a client may send."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS

from api.formats import RequestTooLarge
from server.answers import json_answer, send_answer
from server.disconnects import ClientGone


class BodyTooLarge(Exception):
    """More came than the request may have."""


class LimitBody:
    """
    Answer 413 to a body of more than `MAX_BODY_BYTES`, or of `MAX_JSON_BODY_BYTES` where no file can be.

    Outside the API Django reads a body to its end before any view can refuse it, and inside it is held
    in memory: a large one after its token was verified. A body without a length is counted as it comes.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        limit = settings.MAX_BODY_BYTES if _may_be_large(scope) else settings.MAX_JSON_BODY_BYTES
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


def is_form(scope: Any) -> bool:
    """
    Tell whether a request to the API brings a form, which may carry files.

    True if any Content-Type header is any kind of multipart. A parser may use any of several headers,
    and a body that it takes for a form must not bypass the admission of forms.
    """
    return scope["method"] not in SAFE_METHODS and any(
        name == b"content-type" and value[:10].lower() == b"multipart/"
        for name, value in scope["headers"]
    )


def _may_be_large(scope: Any) -> bool:
    """Tell whether a request may carry a file. No page and nothing in the admin takes one."""
    return scope["path"].startswith("/api/") and is_form(scope)


async def read_body(receive: Any) -> bytes:
    """Return the whole body; raise ClientGone if the client goes away before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _declared_length(scope: Any) -> int:
    raw = dict(scope["headers"]).get(b"content-length", b"0")
    return int(raw) if raw.isdigit() and len(raw) < 20 else 0  # noqa: PLR2004 - digits of 64 bits


async def _refuse(send: Any) -> None:
    too_large = RequestTooLarge
    headers = (b"connection", b"close")
    answer = json_answer(413, too_large.default_detail, too_large.default_code, headers)
    await send_answer(send, answer)
