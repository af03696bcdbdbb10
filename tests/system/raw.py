"""Connections that can send arbitrary bytes."""

import socket
from contextlib import suppress

from tests.system.people import PATIENCE
from tests.system.server import WebServer


class RawClient:
    """A connection that can send arbitrary bytes."""

    def __init__(self, server: WebServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)

    def send(self, data: bytes) -> "RawClient":
        """Send as much as the server accepts before it closes the connection."""
        with suppress(OSError):
            self.socket.sendall(data)
        return self

    def read_to_the_end(self) -> bytes:
        """Return all data until the server closes the connection; raise TimeoutError if it does not."""
        received = b""
        # A reset counts as a close; it happens if the server closes before it has read all data.
        with suppress(ConnectionResetError):
            while data := self.socket.recv(65536):
                received += data
        return received

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *args: object) -> None:
        self.socket.close()


def answer_to(server: WebServer, data: bytes) -> tuple[int, bytes]:
    """Return status and body of the only response, after which the server must close the connection."""
    with RawClient(server) as client:
        head, _, body = client.send(data).read_to_the_end().partition(b"\r\n\r\n")
    return int(head.split()[1]), body
