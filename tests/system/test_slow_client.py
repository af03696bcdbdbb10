"""A client that does not read: the server bounds its queue, and the client can resume without loss."""

import socket
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from messaging.models import Conversation
from tests.factories import tokens_of
from tests.system.people import Person, Socket
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.unmeasured

TEXT = "🏋" * 2000
"""A message that takes 8 kB when it is sent."""
PENDING_FRAMES = 50


@pytest.mark.django_db(transaction=True)
def test_client_that_does_not_read_is_closed_and_may_resume(
    alice: User, bob: User, conversation: Conversation
) -> None:
    limits = {"SOCKET_PENDING_FRAMES": str(PENDING_FRAMES), "THROTTLE_MESSAGING": "off"}
    with WebServer(**limits) as server:
        her, his = Person(server, tokens_of(alice)), Person(server, tokens_of(bob))
        stuck = his.socket(conversation.pk, sock=narrow_connection(server), max_queue=1)
        for _ in range(enough_messages()):
            assert her.send(conversation.pk, TEXT).status_code == 201

        seen = versions_until_closed(stuck, code=4008)
        with his.knock(conversation.pk, f"?since={seen[-1]}") as resumed:
            told = resumed.receive()

    newest = enough_messages() + 1
    assert seen == list(range(2, seen[-1] + 1))
    assert newest - seen[-1] > PENDING_FRAMES
    assert told == {"type": "reset", "version": newest}


def narrow_connection(server: WebServer) -> socket.socket:
    """Connect with a small buffer, which holds few unread frames."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", server.port))
    return connection


def enough_messages() -> int:
    """Return how many messages fill the connection's buffers and then the queue of pending frames."""
    most = int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])
    return most // len(TEXT.encode()) + 2 * PENDING_FRAMES + 50


def versions_until_closed(stuck: Socket, code: int) -> list[int]:
    """Read what was sent; return the versions and check the close code."""
    seen: list[int] = []
    with suppress(ConnectionClosed):
        while True:
            seen.append(stuck.receive()["message"]["version"])
    assert stuck.close_code() == code
    return seen
