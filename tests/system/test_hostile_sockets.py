"""Sockets that cost more than a client's can are aborted, and leave the person's limit."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.raw import RawClient
from tests.system.server import WebServer
from users.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.embedded_only("frames are counted before any query"),
]

CONTINUATION, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10
MANY = 30_000


@pytest.fixture(scope="module")
def strict(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[WebServer]:
    limits = {"SOCKET_STALL_SECONDS": "0.5", "REQUEST_BODY_SECONDS": "0.5", "SOCKETS_PER_USER": "3"}
    with django_db_blocker.unblock():
        server = WebServer(**limits).start()
    yield server
    server.stop()


def frame(opcode: int, payload: bytes = b"", *, is_last: bool = True) -> bytes:
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, "big")
    return bytes([(0x80 if is_last else 0) | opcode]) + length + bytes(4) + payload


def connect(server: WebServer, token: str) -> RawClient:
    """Open the inbox's socket, and read the answer to a first ping."""
    client = RawClient(server)
    client.send(
        b"GET /ws/messaging/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Protocol: bearer, " + token.encode() + b"\r\n\r\n"
    )
    receive_until(client, b"\r\n\r\n")
    client.send(frame(TEXT, b'{"type": "ping"}'))
    receive_until(client, b"pong")
    return client


def receive_until(client: RawClient, end: bytes) -> bytes:
    received = b""
    while end not in received:
        more = client.socket.recv(65536)
        assert more
        received += more
    return received


@pytest.mark.parametrize(
    "flood",
    [
        frame(TEXT, is_last=False) + frame(CONTINUATION, is_last=False) * MANY,
        frame(TEXT, b"x" * 100, is_last=False)
        + frame(CONTINUATION, b"x" * 100, is_last=False) * 900,
        frame(TEXT, b"x", is_last=False),
        frame(PING, b"x" * 125) * MANY,
        frame(PING) * MANY,
        frame(PONG, b"x" * 125) * MANY,
        frame(CONTINUATION) * 5,
    ],
    ids=["empty fragments", "large", "no end", "pings", "empty pings", "pongs", "no beginning"],
)
def test_flood_is_aborted_and_others_are_served(
    strict: WebServer, bob: User, alice: User, flood: bytes
) -> None:
    with connect(strict, tokens_of(bob).access) as client:
        client.send(flood).read_to_the_end()

    assert Person(strict, tokens_of(alice)).get("auth/users/me/").status_code == 200


def test_few_control_frames_are_answered(strict: WebServer, bob: User) -> None:
    with connect(strict, tokens_of(bob).access) as client:
        client.send(frame(PING, b"hello") * 20 + frame(PONG) * 20)
        client.send(frame(TEXT, b'{"type":', is_last=False) + frame(CONTINUATION, b' "ping"}'))

        received = receive_until(client, b'{"type":"pong"}')

    assert received.count(b"\x8a\x05hello") == 20


@pytest.mark.parametrize(
    "data",
    [frame(TEXT, b"\xff"), frame(TEXT, b"\xe2", is_last=False) + frame(CONTINUATION, b"(")],
    ids=["whole", "in fragments"],
)
def test_invalid_utf8_closes_with_1007_and_logs_no_error(
    strict: WebServer, bob: User, data: bytes
) -> None:
    strict.read_log()

    with connect(strict, tokens_of(bob).access) as client:
        received = client.send(data).read_to_the_end()

    assert received.endswith(b"\x88\x02\x03\xef")
    assert "ERROR" not in strict.read_log()


def test_text_after_a_close_is_discarded(strict: WebServer, bob: User) -> None:
    strict.read_log()

    with connect(strict, tokens_of(bob).access) as client:
        client.send(frame(TEXT, b"x" * 5000))
        received = receive_until(client, b"\x0f\xa9")
        client.send(frame(TEXT, b"\xff"))

        assert received.endswith(b"\x88\x02\x0f\xa9")
        assert client.send(frame(CLOSE, b"\x0f\xa9")).read_to_the_end() == b""
    assert "ERROR" not in strict.read_log()


def test_authenticate_frames_are_limited(strict: WebServer, bob: User) -> None:
    person = Person(strict, tokens_of(bob))
    with person.inbox() as inbox:
        inbox.flood({"type": "authenticate", "token": person.token}, times=50)

        assert inbox.close_code() == 4008


def test_close_that_is_never_answered_ends(strict: WebServer, bob: User) -> None:
    with connect(strict, tokens_of(bob).access) as client:
        client.send(frame(TEXT, b"x" * 5000))

        assert b"\x88" in client.read_to_the_end()
