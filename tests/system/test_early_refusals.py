"""A page of an allowed origin can read each refusal, also one that comes before Django."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.refusals import refusal
from tests.system.conftest import ALLOWED_ORIGIN, NO_JOBS, NO_PUSH
from tests.system.raw import RawClient
from tests.system.server import WebServer

pytestmark = pytest.mark.embedded_only("the requests are refused before any query")

ME = b"/api/auth/users/me/"
HOST = b"Host: 127.0.0.1\r\n"
TOO_LARGE = refusal("The request is too large.", "request_too_large")
MALFORMED = refusal("The request is malformed.", "bad_request")
# Each request ends where the next header would begin.
REFUSED = {
    "declared body": (b"POST " + ME, b"Content-Length: 70000\r\n\r\n", 413, TOO_LARGE),
    "chunked body": (
        b"POST " + ME,
        b"Transfer-Encoding: chunked\r\n\r\n" + (b"8000\r\n" + b" " * 32768 + b"\r\n") * 3,
        413,
        TOO_LARGE,
    ),
    "form": (
        b"PATCH " + ME,
        b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n",
        413,
        TOO_LARGE,
    ),
    "head": (
        b"GET " + ME,
        b"X: " + b"a" * 40_000 + b"\r\n\r\n",
        431,
        refusal("The headers of the request are too large.", "request_too_large"),
    ),
    "length": (b"POST " + ME, b"Content-Length: x\r\n\r\n", 400, MALFORMED),
}


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[WebServer]:
    with django_db_blocker.unblock():
        server = WebServer(CORS_ALLOWED_ORIGINS=ALLOWED_ORIGIN, **NO_JOBS, **NO_PUSH).start()
    yield server
    server.stop()


def ask(web: WebServer, start: bytes, origin: str, end: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the response to a request from a page of `origin`."""
    request = start + b" HTTP/1.1\r\nConnection: close\r\n" + HOST
    request += b"Origin: " + origin.encode() + b"\r\n" + end
    with RawClient(web) as client:
        head, _, body = client.send(request).read_to_the_end().partition(b"\r\n\r\n")
    first, *lines = head.decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize("request_parts", REFUSED.values(), ids=REFUSED)
def test_refusal_can_be_read_by_pages_of_allowed_origins(
    web: WebServer, request_parts: tuple[bytes, bytes, int, Any]
) -> None:
    start, end, status, body = request_parts

    answer = ask(web, start, ALLOWED_ORIGIN, end)

    assert (answer[0], json.loads(answer[2])) == (status, body)
    assert answer[1]["access-control-allow-origin"] == ALLOWED_ORIGIN
    assert answer[1]["access-control-expose-headers"] == "retry-after, x-request-id"
    assert answer[1]["vary"] == "origin"
    assert answer[1]["content-type"] == "application/json"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://["])
@pytest.mark.parametrize("request_parts", REFUSED.values(), ids=REFUSED)
def test_refusal_cannot_be_read_by_other_pages(
    web: WebServer, request_parts: tuple[bytes, bytes, int, Any], origin: str
) -> None:
    start, end, status, body = request_parts

    answer = ask(web, start, origin, end)

    assert (answer[0], json.loads(answer[2])) == (status, body)
    assert answer[1]["vary"] == "origin"
    assert "access-control-allow-origin" not in answer[1]


def test_refusal_outside_the_api_has_no_cors_headers(web: WebServer) -> None:
    status, headers, _ = ask(
        web, b"POST /admin/login/", ALLOWED_ORIGIN, b"Content-Length: 70000\r\n\r\n"
    )

    assert (status, "access-control-allow-origin" in headers) == (413, False)
