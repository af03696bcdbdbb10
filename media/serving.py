"""
Serves stored files by their links: from the disk, by the proxy (`X-Accel-Redirect`), or by S3.

Each kind of file has a folder of its own, and a guard: a function that tells whether a file may be read
now. Files in other folders are never served.
"""

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from media.links import DAY, is_signed

Guard = Callable[[str], bool]
PART_BYTES = 64 * 1024
# How long a link to S3 is valid, and how long a browser may reuse the redirection to it.
REDIRECT_SECONDS, REDIRECT_CACHED_SECONDS = 300, 240
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
}


def file_view(
    guards: Mapping[str, Guard], *, unsigned: Collection[str] = ()
) -> Callable[..., HttpResponseBase]:
    """
    Return a view of the files in these folders. An invalid link gets 404, as a missing file does.

    Links to files in the folders `unsigned` need no signature.
    """

    @require_safe
    def serve(request: HttpRequest, name: str) -> HttpResponseBase:
        folder = name.partition("/")[0]
        is_known = folder in guards and (folder in unsigned or is_signed(name, request.GET))
        if not is_known or not guards[folder](name):
            raise Http404
        response = _deliver(request, name)
        for header, value in HEADERS.items():
            response[header] = value
        return response

    return serve


def _deliver(request: HttpRequest, name: str) -> HttpResponseBase:
    if settings.MEDIA_DELIVERY == "redirect":
        return _redirect(name)
    if settings.MEDIA_DELIVERY == "accel":
        return _leave_to_proxy(name)
    # A name is never used for two contents. Its directory tells nothing more.
    etag = f'"{name.rpartition("/")[2]}"'
    response = get_conditional_response(request, etag=etag) or _stream(name)
    response["ETag"] = etag
    return _cached(response, DAY)


def _stream(name: str) -> HttpResponseBase:
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=_type_of(name))
    response["Content-Length"] = file.size
    return response


def _leave_to_proxy(name: str) -> HttpResponseBase:
    """Tell nginx to send the file; the proxy removes the header."""
    response = HttpResponse(content_type=_type_of(name))
    response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX}{quote(name)}"
    return _cached(response, DAY)


def _redirect(name: str) -> HttpResponseBase:
    """Redirect to a link of the storage that is valid for a few minutes."""
    parameters = {
        "ResponseContentType": _type_of(name),
        "ResponseCacheControl": f"private, max-age={DAY}",
        "ResponseContentDisposition": "inline",
    }
    storage: Any = default_storage
    url = storage.url(name, parameters=parameters, expire=REDIRECT_SECONDS)
    return _cached(HttpResponseRedirect(url), REDIRECT_CACHED_SECONDS)


def _cached(response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    response["Cache-Control"] = f"private, max-age={seconds}"
    return response


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


class FileResponse(StreamingHttpResponse):
    """Sends a file part by part. Under ASGI, Django's own class would read all of it into memory."""

    def __init__(self, file: File[bytes], **kwargs: Any) -> None:
        super().__init__(file.chunks(PART_BYTES), **kwargs)
        self._file = file
        self._resource_closers.append(file.close)  # type: ignore[attr-defined]  # as Django's own class does

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while part := await asyncio.to_thread(self._file.read, PART_BYTES):
            yield part
