"""Clients that send half a request, or far too much, are disconnected, and others are served."""

import gzip
import json
import resource
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.refusals import refusal, without_error
from tests.system.conftest import Join
from tests.system.raw import RawClient, answer_to
from tests.system.server import WebServer
from users.models import User

pytestmark = [
    pytest.mark.unmeasured,
    pytest.mark.embedded_only("connections are limited before any query"),
]

HEAD = b"Host: 127.0.0.1\r\nContent-Type: application/json\r\n"
SIGN_IN = b"POST /api/auth/jwt/create/ HTTP/1.1\r\n" + HEAD
HANDSHAKE = b"GET /ws/messaging/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
UPGRADE = (
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def impatient(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[WebServer]:
    """A web process that waits 0.5 s for a head or body, instead of 10 s and 2 min."""
    limits = {"REQUEST_HEAD_SECONDS": "0.5", "REQUEST_BODY_SECONDS": "0.5"}
    with django_db_blocker.unblock():
        server = WebServer(**limits).start()
    yield server
    server.stop()


@pytest.fixture
def many_files() -> Iterator[None]:
    """Allow the test process a thousand connections, too."""
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))


# Incomplete requests
# ------------------------------------------------------------------------------
@pytest.mark.usefixtures("many_files")
def test_thousand_half_open_handshakes_do_not_stop_others(
    here: Join, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    with ExitStack() as held:
        for _ in range(1000):
            held.enter_context(RawClient(server)).send(HANDSHAKE)

        with here(bob).socket(conversation.pk) as his:
            sent = here(alice).send(conversation.pk, "Through the crowd")
            assert sent.status_code == 201
            assert his.receive() == {"type": "new_message", "message": sent.json()}


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"\r\n\r\n",
        b"GET /heal",
        HANDSHAKE,
        HANDSHAKE + UPGRADE,
        SIGN_IN + b"Content-Length: 100\r\n\r\n",
        SIGN_IN + b'Content-Length: 100\r\n\r\n{"email"',
        SIGN_IN + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\n",
    ],
    ids=range(9),
)
def test_client_that_stops_midway_is_disconnected(impatient: WebServer, part: bytes) -> None:
    with RawClient(impatient) as client:
        received = client.send(part).read_to_the_end()

    assert received == b"" or b"200 OK" in received.splitlines()[0]


def test_second_request_of_a_connection_has_the_same_timeout(impatient: WebServer) -> None:
    with RawClient(impatient) as client:
        client.send(HEALTHZ + b"\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            received = client.socket.recv(65536)
            assert received, answer
            answer += received
        rest = client.send(b"\r\n").send(HEALTHZ).read_to_the_end()

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert rest == b""


def test_few_pipelined_requests_are_answered(server: WebServer) -> None:
    last = HEALTHZ + b"Connection: close\r\n\r\n"

    with RawClient(server) as client:
        received = client.send((HEALTHZ + b"\r\n") * 20 + last).read_to_the_end()

    assert received.count(b"HTTP/1.1 200 OK") == 21


def test_hundreds_of_pipelined_requests_close_the_connection(server: WebServer) -> None:
    with RawClient(server) as client:
        received = client.send((HEALTHZ + b"\r\n") * 500).read_to_the_end()

    assert received.count(b"HTTP/1.1 200 OK") <= 65


# Oversized requests
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("start", [HEALTHZ, HANDSHAKE + UPGRADE, SIGN_IN], ids=range(3))
@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"], ids=["endless", "complete"])
@pytest.mark.parametrize(
    "header",
    [b"X: " + b"a" * 40_000, b"X: a\r\n" * 8000, b"X:\r\n" * 1500],
    ids=["one", "many", "many in few bytes"],
)
def test_headers_past_the_limit_are_431(
    server: WebServer, start: bytes, header: bytes, end: bytes
) -> None:
    status, body = answer_to(server, start + header + end)

    assert status == 431
    error = refusal("The headers of the request are too large.", "request_too_large")
    assert json.loads(body) == (without_error(error) if start is SIGN_IN else error)


def test_path_past_the_limit_is_431(server: WebServer) -> None:
    request = b"GET /api/?" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    assert answer_to(server, request)[0] == 431


@pytest.mark.parametrize(
    "handshake",
    [
        HANDSHAKE + UPGRADE + b"X: " + b"a" * 20_000,
        HANDSHAKE + UPGRADE + b"X: a\r\n" * 1000,
        HANDSHAKE.replace(b"messaging/", b"a" * 20_000) + UPGRADE,
        HANDSHAKE.replace(b"GET", b"POST") + UPGRADE,
        HANDSHAKE + UPGRADE + b"Content-Length: 5",
        HANDSHAKE + UPGRADE + b"Transfer-Encoding: chunked",
        HANDSHAKE + UPGRADE.replace(b"Version: 13", b"Version: 1"),
        HANDSHAKE + UPGRADE.replace(b"Key", b"Kez"),
    ],
    ids=range(8),
)
def test_invalid_handshake_is_refused(server: WebServer, handshake: bytes) -> None:
    status, _ = answer_to(server, handshake.removesuffix(b"\r\n") + b"\r\n\r\n")

    assert 400 <= status < 500


@pytest.mark.parametrize("path", [b"/api/auth/jwt/create/", b"/admin/login/"])
@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 7000000\r\n\r\n",
        b"Content-Length: 10000000000000000000\r\n\r\n",
        b"Content-Length: " + b"7000000".zfill(5000) + b"\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 100,
    ],
    ids=["declared", "longest number", "leading zeros", "chunked"],
)
def test_body_past_the_limit_is_413_and_the_connection_closed(
    server: WebServer, path: bytes, body: bytes
) -> None:
    status, answer = answer_to(server, b"POST " + path + b" HTTP/1.1\r\n" + HEAD + body)

    assert status == 413
    if path.startswith(b"/api/"):
        error = refusal("The request is too large.", "request_too_large")
        assert json.loads(answer) == without_error(error)
    else:
        assert b"<p>The request is too large.</p>" in bytes(answer)


@pytest.mark.parametrize(
    "kind",
    [
        b"application/json",
        b"application/x-www-form-urlencoded",
        b"text/plain; multipart/form-data",
        b"",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 70000\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n" + (b"8000\r\n" + b" " * 32768 + b"\r\n") * 3,
    ],
    ids=["declared", "chunked"],
)
def test_large_body_without_a_file_is_413_and_the_connection_closed(
    server: WebServer, kind: bytes, body: bytes
) -> None:
    head = b"Host: 127.0.0.1\r\nContent-Type: " + kind + b"\r\n"

    status, answer = answer_to(server, b"POST /api/auth/users/me/ HTTP/1.1\r\n" + head + body)

    assert status == 413
    assert json.loads(answer)["code"] == "request_too_large"


def test_compressed_body_is_not_unpacked(here: Join, server: WebServer, bob: User) -> None:
    bomb = gzip.compress(b" " * 50_000_000 + b"{}")
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}

    answer = httpx.post(f"{server.url}/api/auth/jwt/create/", content=bomb, headers=headers)
    form = {**headers, "Content-Type": "multipart/form-data; boundary=x"}
    of_form = here(bob).http.patch("auth/users/me/", content=bomb, headers=form)

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert (of_form.status_code, of_form.json()["code"]) == (400, "parse_error")


def test_socket_compression_is_not_negotiated(
    here: Join, bob: User, conversation: Conversation
) -> None:
    with here(bob).socket(conversation.pk, compression="deflate") as socket:
        request, response = socket.connection.request, socket.connection.response
        assert request
        assert response
        assert "permessage-deflate" in request.headers["Sec-WebSocket-Extensions"]
        assert "Sec-WebSocket-Extensions" not in response.headers


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
    ],
    ids=range(5),
)
def test_request_with_an_ambiguous_length_is_400(server: WebServer, lengths: bytes) -> None:
    status, _ = answer_to(server, SIGN_IN + lengths + b"\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n")

    assert status == 400


@pytest.mark.parametrize("size", [7_000_000, 12_000_000])
def test_client_that_sends_the_whole_body_first_reads_the_413(server: WebServer, size: int) -> None:
    head = b"POST /api/auth/users/me/ HTTP/1.1\r\n" + HEAD + b"Content-Length: %d\r\n\r\n" % size

    with RawClient(server) as client:
        client.socket.sendall(head + bytes(size))  # raises if the server has closed the connection
        received, _, answer = client.read_to_the_end().partition(b"\r\n\r\n")

    assert received.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer)["code"] == "request_too_large"
