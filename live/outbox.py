import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

Message = dict[str, Any]


class Outbox:
    """A queue of ASGI messages for a client. A task sends them, so that callers do not wait."""

    __slots__ = ("_bytes", "_queue", "_send", "_writer")

    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._queue: deque[Message] = deque()
        self._bytes = 0
        self._writer: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """
        Return whether the client reads too slowly.

        If so, `SOCKET_PENDING_FRAMES` or `SOCKET_PENDING_BYTES` are queued.
        """
        is_long = len(self._queue) >= int(settings.SOCKET_PENDING_FRAMES)
        return is_long or self._bytes >= int(settings.SOCKET_PENDING_BYTES)

    def put(self, message: Message) -> None:
        """Queue a message, and start the task that sends it."""
        self._queue.append(message)
        self._bytes += _size(message)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def join(self) -> None:
        """Wait until all messages have been sent or dropped."""
        if self._writer:
            await asyncio.wait({self._writer})

    def clear(self) -> None:
        """Drop the queued messages, but not one that is being sent."""
        self._queue.clear()
        self._bytes = 0

    async def _write(self) -> None:
        try:
            while self._queue:
                message = self._queue.popleft()
                self._bytes -= _size(message)
                await self._send(message)
        except OSError:
            self.clear()  # the client is gone; the disconnect event follows
        finally:
            self._writer = None

    def close(self) -> None:
        """Drop queued messages and stop sending."""
        self.clear()
        if self._writer:
            self._writer.cancel()


def _size(message: Message) -> int:
    """Return the characters of a frame. A frame in UTF-8 has at most four times as many bytes."""
    return len(message.get("text", ""))
