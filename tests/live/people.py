"""Clients of a running server: nothing but HTTP and WebSocket."""

import json
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.live.server import WebServer

PATIENCE = 8.0
"""Seconds to wait for what must come."""
SILENCE = 0.7
"""Seconds in which nothing may come."""


class Socket:
    """A client's socket."""

    def __init__(self, url: str, token: str | None, **options: Any) -> None:
        protocols = [Subprotocol("bearer"), Subprotocol(token)] if token else None
        self.connection: ClientConnection = connect(
            url, subprotocols=protocols, max_size=None, legacy=True, **options
        )

    def send(self, **frame: Any) -> None:
        self.connection.send(json.dumps(frame))

    def receive(self, timeout: float = PATIENCE) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.connection.recv(timeout=timeout))
        return frame

    def receive_type(self, kind: str) -> dict[str, Any]:
        """Return the next frame of a type, passing over others."""
        while (frame := self.receive())["type"] != kind:
            pass
        return frame

    def drain(self, seconds: float = SILENCE) -> list[dict[str, Any]]:
        """Return what comes until nothing has come for some time."""
        frames = []
        try:
            while True:
                frames.append(self.receive(timeout=seconds))
        except TimeoutError:
            return frames

    def close_code(self, timeout: float = PATIENCE) -> int | None:
        """Wait for the server to close, passing over frames, and return its code."""
        try:
            while True:
                self.connection.recv(timeout=timeout)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> "Socket":
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


class Person:
    """Somebody with a token, at one of the servers."""

    def __init__(self, server: WebServer, token: str) -> None:
        self.server = server
        self.token = token
        self.http = httpx.Client(
            base_url=f"{server.url}/api/",
            headers={"Authorization": f"Bearer {token}"},
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

    def socket(self, conversation_id: int, query: str = "", **options: Any) -> Socket:
        url = f"{self.server.socket_url}{conversation_id}/{query}"
        return Socket(url, self.token, **options)

    def inbox(self, **options: Any) -> Socket:
        return Socket(self.server.socket_url, self.token, **options)
