"""Compresses static files on the fly in development; in production `collectstatic` compresses them."""

import gzip
from collections.abc import Callable
from typing import Any

import brotli

from server.responses import Headers, RawResponse, send_response

COMPRESSIBLE = (b"text/", b"application/json", b"image/svg+xml")
# This level compresses as well as gzip's best, in a fraction of the time of brotli's best.
BROTLI_QUALITY = 6


class CompressText:
    """Compresses text responses to GET with status 200, in an encoding that the client accepts."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        accepted = b",".join(v for name, v in scope["headers"] if name == b"accept-encoding")
        found = _choose(accepted)
        if found is None or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        answer = await _collect(self._app, scope, receive)
        await send_response(send, _compressed(answer, *found) if _is_plain_text(answer) else answer)


def _choose(accepted: bytes) -> tuple[bytes, Callable[[bytes], bytes]] | None:
    """Return the name and function of an encoding that the client accepts, or None."""
    if b"br" in accepted:
        return b"br", lambda content: brotli.compress(content, quality=BROTLI_QUALITY)
    if b"gzip" in accepted:
        return b"gzip", lambda content: gzip.compress(content, mtime=0)
    return None


async def _collect(app: Any, scope: Any, receive: Any) -> RawResponse:
    """Return the complete response of an ASGI application."""
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message["body"])

    await app(scope, receive, send)
    return start["status"], list(start["headers"]), b"".join(parts)


def _is_plain_text(answer: RawResponse) -> bool:
    status, headers, _ = answer
    found = dict(headers)
    is_text = found.get(b"content-type", b"").startswith(COMPRESSIBLE)
    return status == 200 and is_text and b"content-encoding" not in found  # noqa: PLR2004 - OK


def _compressed(
    answer: RawResponse, encoding: bytes, compress: Callable[[bytes], bytes]
) -> RawResponse:
    status, headers, content = answer
    content = compress(content)
    kept: Headers = [each for each in headers if each[0] not in (b"content-length", b"vary")]
    added = [
        (b"content-encoding", encoding),
        (b"content-length", b"%d" % len(content)),
        (b"vary", b"Accept-Encoding"),
    ]
    return status, kept + added, content
