"""Complete responses (status, headers and bytes) to send over ASGI, with or without Django."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django_stubs_ext import StrOrPromise

from api.accepted_language import language_of_headers
from api.error_body import error_body
from api.error_pages import error_page, is_for_people
from server.cors import cors_headers

Headers = list[tuple[bytes, bytes]]
RawResponse = tuple[int, Headers, bytes]

# Otherwise a browser's cache would keep private data after a sign-out.
NOT_STORED = (b"cache-control", b"no-store")
JSON_HEADERS = [(b"content-type", b"application/json")]
PAGE_HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", b"default-src 'none'"),
    (b"x-content-type-options", b"nosniff"),
]
# Statuses without a body. A Content-Length of 0 would say that the omitted body is empty.
WITHOUT_LENGTH = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


async def send_response(send: Any, answer: RawResponse) -> None:
    """Send a complete response."""
    status, headers, content = answer
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def refuse(
    status: int,
    detail: StrOrPromise,
    code: str,
    *headers: tuple[bytes, bytes],
    path: str,
    request_headers: Iterable[tuple[bytes, bytes]] = (),
) -> RawResponse:
    """
    Return an error response to a request for `path`: a page for people, or the API's JSON.

    It is in the language that the request accepts, and has the same CORS headers as a response from Django.
    """
    request_headers = list(request_headers)
    with translation.override(language_of_headers(request_headers)):
        if is_for_people(path):
            kind, content = PAGE_HEADERS, error_page(status, detail, path=path).encode()
        else:
            kind, content = JSON_HEADERS, orjson.dumps(error_body(detail, code, path=path))
    own = [
        *kind,
        (b"content-length", b"%d" % len(content)),
        NOT_STORED,
    ]
    return status, [*own, *headers, *cors_headers(path, request_headers)], content


def encode_http(answer: RawResponse) -> bytes:
    """Return the bytes of a response in HTTP/1.1, for a request that uvicorn does not pass on."""
    status, headers, content = answer
    first = b"HTTP/1.1 %d %b" % (status, HTTPStatus(status).phrase.encode())
    lines = [first, *(b"%b: %b" % header for header in headers), b"", content]
    return b"\r\n".join(lines)


def raw_response_of(response: HttpResponseBase) -> RawResponse:
    """Convert a Django response; a streaming response is read completely."""
    content = _content_of(response)
    return response.status_code, _headers_of(response, len(content)), content


def _headers_of(response: HttpResponseBase, length: int) -> Headers:
    """Return the headers with a Content-Length, without which uvicorn would use chunked encoding."""
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    if not response.has_header("Cache-Control"):
        headers.append(NOT_STORED)
    cookies = response.cookies.values()
    if response.status_code not in WITHOUT_LENGTH:
        headers.append((b"content-length", b"%d" % length))
    return headers + [(b"set-cookie", each.OutputString().encode("ascii")) for each in cookies]


def _content_of(response: HttpResponseBase) -> bytes:
    if isinstance(response, HttpResponse):
        return response.content
    return b"".join(response)


def break_reference_cycles(response: HttpResponseBase) -> None:
    """
    Break the cycles between DRF's view, request and response.

    Otherwise each request leaves about seventy objects to the garbage collector, and a collection
    pauses the whole process.
    """
    context = getattr(response, "renderer_context", None)
    if context:
        context["request"].parser_context.clear()
        vars(context["view"]).clear()
        context.clear()
