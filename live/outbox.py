import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

Message = dict[str, Any]


class Outbox:
    """A queue of ASGI messages for a client. A task sends them, so that callers do not wait."""

    __slots__ = ("_queue", "_send", "_writer")

    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._queue: deque[Message] = deque()
        self._writer: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Return whether `SOCKET_PENDING_FRAMES` are queued; if so, the client reads too slowly."""
        return len(self._queue) >= int(settings.SOCKET_PENDING_FRAMES)

    def put(self, message: Message) -> None:
        """Queue a message, and start the task that sends it."""
        self._queue.append(message)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    def clear(self) -> None:
        """Drop the queued messages, but not one that is being sent."""
        self._queue.clear()

    async def _write(self) -> None:
        try:
            while self._queue:
                await self._send(self._queue.popleft())
        except OSError:
            self.clear()  # the client is gone; the disconnect event follows
        finally:
            self._writer = None

    def close(self) -> None:
        """Drop queued messages and stop sending."""
        self.clear()
        if self._writer:
            self._writer.cancel()
