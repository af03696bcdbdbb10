"""Clients of a running server, which use only HTTP and WebSockets."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.system.server import WebServer
from users.tokens import TokenPair

T = TypeVar("T")
Frame = dict[str, Any]

PATIENCE = 20.0
"""Seconds until a wait fails."""


class Socket:
    """A client's socket."""

    def __init__(self, url: str, token: str | None = None, **options: Any) -> None:
        protocols = [Subprotocol("bearer"), Subprotocol(token)] if token else None
        # The queue is unlimited, so that the client keeps reading while a test only sends; otherwise
        # it would not see the close frame of the server.
        options = {"max_size": None, "max_queue": None, "proxy": None, **options}
        self.connection: ClientConnection = connect(
            url, subprotocols=protocols, legacy=True, **options
        )

    def send(self, **frame: Any) -> None:
        self.connection.send(json.dumps(frame))

    def send_raw(self, frame: str | bytes) -> None:
        self.connection.send(frame)

    def flood(self, frame: Frame, times: int) -> None:
        """Send a frame many times, or until the server closes the socket."""
        text = json.dumps(frame)
        with suppress(ConnectionClosed):
            for _ in range(times):
                self.connection.send(text)

    def receive(self) -> Frame:
        frame: Frame = json.loads(self.connection.recv(timeout=PATIENCE))
        return frame

    def receive_until(self, kind: str) -> list[Frame]:
        """Return the frames up to and including the next one of this type."""
        frames = [self.receive()]
        while frames[-1]["type"] != kind:
            frames.append(self.receive())
        return frames

    def ping(self) -> list[Frame]:
        """Ping, and return all frames up to the pong. All earlier frames have been processed by then."""
        self.send(type="ping")
        return self.receive_until("pong")

    def close_code(self) -> int | None:
        """Skip frames until the server closes the socket, and return the close code."""
        try:
            while True:
                self.connection.recv(timeout=PATIENCE)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def outcome(self) -> int | str | None:
        """Return `open`, or the code with which the server closes the socket."""
        try:
            self.ping()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
        return "open"

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> "Socket":
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


class Person:
    """A user with tokens, who uses one of the servers."""

    def __init__(self, server: WebServer, tokens: TokenPair) -> None:
        self.server = server
        self.token, self.refresh = tokens.access, tokens.refresh
        self.http = httpx.Client(
            base_url=f"{server.url}/api/",
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
            timeout=30,
            trust_env=False,
        )

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params=params)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def send(self, conversation_id: int, content: str, **body: Any) -> httpx.Response:
        path = f"messaging/conversations/{conversation_id}/send/"
        return self.post(path, content=content, **body)

    def read(self, conversation_id: int, **body: Any) -> httpx.Response:
        return self.post(f"messaging/conversations/{conversation_id}/read/", **body)

    def messages(self, conversation_id: int, **params: Any) -> httpx.Response:
        return self.get(f"messaging/conversations/{conversation_id}/messages/", **params)

    def conversations(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("messaging/conversations/", **params).json()[
            "results"
        ]
        return found

    def knock(self, path: object = "", query: str = "", **options: Any) -> Socket:
        """Open the inbox's socket, or a conversation's; the server may refuse it."""
        slash = "/" if path else ""
        return Socket(f"{self.server.socket_url}{path}{slash}{query}", self.token, **options)

    def knock_by_query(self, path: object = "", **options: Any) -> Socket:
        """Like `knock`, but with the token in the query, where older clients send it."""
        slash = "/" if path else ""
        url = f"{self.server.socket_url}{path}{slash}?token={self.token}"
        return Socket(url, **options)

    def socket(self, conversation_id: int, **options: Any) -> Socket:
        """Open a conversation's socket, and wait until no later event can be missed."""
        socket = self.knock(conversation_id, **options)
        socket.ping()
        return socket

    def inbox(self, **options: Any) -> Socket:
        """Open the inbox's socket, and wait until no later event can be missed."""
        socket = self.knock(**options)
        socket.ping()
        return socket


def eventually(probe: Callable[[], T | None]) -> T:
    """Poll until there is a result, and return it."""
    deadline = time.monotonic() + PATIENCE
    while (found := probe()) is None:
        assert time.monotonic() < deadline, "The probe returned nothing in time."
        time.sleep(0.1)
    return found
