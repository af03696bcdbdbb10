import json
import signal
import socket

import pytest

from messaging.models import Conversation
from tests.factories import tokens_of
from tests.system.people import Person, eventually
from tests.system.server import WebServer
from users.models import User

SHUTDOWN_SECONDS = 10


@pytest.mark.django_db(transaction=True)
def test_sigterm_closes_sockets_and_finishes_the_request_in_flight(
    alice: User, bob: User, conversation: Conversation
) -> None:
    with WebServer() as server:
        her, his = Person(server, tokens_of(alice)), Person(server, tokens_of(bob))
        thread, inbox = his.socket(conversation.pk), his.inbox()
        request = HalfSentMessage(her, conversation.pk, "Just in time")

        server.send_signal(signal.SIGTERM)
        assert (thread.close_code(), inbox.close_code()) == (1012, 1012)
        eventually(lambda: "Waiting for connections to close" in server.log.read_text() or None)
        answer = request.finish()

        server.wait(timeout=SHUTDOWN_SECONDS)
        assert answer.startswith(b"HTTP/1.1 201")
    conversation.refresh_from_db()
    assert conversation.last_message
    assert conversation.last_message.content == "Just in time"


class HalfSentMessage:
    """A `send` whose headers have arrived, and whose body the server waits for."""

    def __init__(self, sender: Person, conversation_id: int, content: str) -> None:
        self.body = json.dumps({"content": content}).encode()
        head = (
            f"POST /api/messaging/conversations/{conversation_id}/send/ HTTP/1.1",
            f"Host: 127.0.0.1:{sender.server.port}",
            f"Authorization: Bearer {sender.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(self.body)}",
            "Expect: 100-continue",
        )
        self.connection = socket.create_connection(("127.0.0.1", sender.server.port), timeout=10)
        self.connection.sendall("\r\n".join((*head, "", "")).encode())
        assert self.connection.recv(1024).startswith(b"HTTP/1.1 100")

    def finish(self) -> bytes:
        """Send the body, and return the response up to the end of the connection."""
        with self.connection:
            self.connection.sendall(self.body)
            return b"".join(iter(lambda: self.connection.recv(65536), b""))
