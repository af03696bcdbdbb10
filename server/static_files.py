"""
What servestatic leaves to do for some hundred small modules.

Their headers would be a third of a first load, and all of Django around each most of its time.
"""

import gzip
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import brotli
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware
from django.utils.module_loading import import_string
from servestatic.responders import MissingFileError

from api.errors import page_not_found

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")
# As well as gzip's best, in a fraction of the time that brotli's best takes.
BROTLI_QUALITY = 6
FOR_PAGES_ALONE = ("Cross-Origin-Opener-Policy", "Referrer-Policy")
# Who may keep a file for ever does not ask whether it has changed.
FOR_FILES_THAT_CHANGE = ("ETag", "Last-Modified")


class StaticFilesHandler(ASGIHandler):
    """
    An ASGI application for `STATIC_URL`, behind `STATIC_MIDDLEWARE` and nothing else.

    Django's own handler starts a thread for each request, which is several times the work of
    reading one of these files.
    """

    def load_middleware(self, is_async: bool = True) -> None:
        chain: Any = _no_such_file
        for name in reversed(settings.STATIC_MIDDLEWARE):
            chain = import_string(name)(chain)
        self._middleware_chain = chain

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, whose body does not matter."""
        request = ASGIRequest(scope, BytesIO())
        try:
            response = await self._middleware_chain(request)
        except MissingFileError:  # what servestatic makes of it while DEBUG is on
            response = await _no_such_file(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        await self.send_response(response, send)


async def _no_such_file(request: HttpRequest) -> HttpResponseBase:
    return page_not_found(request, Http404())


@async_only_middleware
def lean_headers(get_response: GetResponse) -> GetResponse:
    """Take headers off static files that say nothing there."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        if request.path_info.startswith("/static/"):
            is_for_ever = "immutable" in response.headers.get("Cache-Control", "")
            for name in (*FOR_PAGES_ALONE, *(FOR_FILES_THAT_CHANGE if is_for_ever else ())):
                response.headers.pop(name, None)
        return response

    return middleware


@async_only_middleware
def compress_files(get_response: GetResponse) -> GetResponse:
    """
    Compress static files on their way, in development, where no `collectstatic` has done it before.

    Django's own middleware makes each part of a streamed file a gzip of its own, and browsers stop
    after the first.
    """

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        if not isinstance(response, StreamingHttpResponse) or not _is_worth_it(request, response):
            return response
        content = b"".join([chunk async for chunk in response])
        return _compressed(request, content, response)

    return middleware


def _is_worth_it(request: HttpRequest, response: StreamingHttpResponse) -> bool:
    is_whole_file = request.method == "GET" and response.status_code == 200  # noqa: PLR2004 - OK
    is_plain = "Content-Encoding" not in response.headers
    is_text = response.headers.get("Content-Type", "").startswith(COMPRESSIBLE)
    return request.path_info.startswith("/static/") and is_whole_file and is_plain and is_text


def _compressed(
    request: HttpRequest, content: bytes, response: StreamingHttpResponse
) -> HttpResponse:
    accepted = request.headers.get("Accept-Encoding", "")
    headers = dict(response.headers)
    if "br" in accepted:
        content, headers["Content-Encoding"] = (
            brotli.compress(content, quality=BROTLI_QUALITY),
            "br",
        )
    elif "gzip" in accepted:
        content, headers["Content-Encoding"] = gzip.compress(content, mtime=0), "gzip"
    headers |= {"Content-Length": str(len(content)), "Vary": "Accept-Encoding"}
    return HttpResponse(content, headers=headers)
