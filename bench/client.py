"""An HTTP client with one persistent connection and little overhead, for sending at a fixed rate."""

import asyncio
from typing import Any

import httptools
import orjson


class Client(asyncio.Protocol):
    """Send one request at a time."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._parser: Any = None
        self._body = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def connect(cls, port: int) -> "Client":
        _, client = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return client

    async def post(self, path: str, token: str, body: Any) -> tuple[int, bytes]:
        """Return the status and the body of the response."""
        content = orjson.dumps(body)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self._answer = asyncio.get_running_loop().create_future()
        self._body, self._parser = b"", httptools.HttpResponseParser(self)
        self._transport.write(head.encode() + content)
        return await self._answer

    def close(self) -> None:
        self._transport.close()

    # Called by the transport
    # --------------------------------------------------------------------------
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("The server closed the connection."))

    # Called by the parser
    # --------------------------------------------------------------------------
    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        assert self._answer
        self._answer.set_result((self._parser.get_status_code(), self._body))
