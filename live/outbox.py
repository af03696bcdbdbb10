import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

Message = dict[str, Any]


class Outbox:
    """What waits for one client. A task writes while there is something, so nobody else waits."""

    __slots__ = ("_send", "_waiting", "_writing")

    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: deque[Message] = deque()
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether `SOCKET_PENDING_FRAMES` wait for a client that does not read."""
        return len(self._waiting) >= int(settings.SOCKET_PENDING_FRAMES)

    def put(self, message: Message) -> None:
        """Have a message of ASGI sent soon."""
        self._waiting.append(message)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    def forget(self) -> None:
        """Send nothing of what waits but what is half sent."""
        self._waiting.clear()

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._send(self._waiting.popleft())
        except OSError:
            self.forget()  # the client is gone; the disconnect event follows
        finally:
            self._writing = None

    def close(self) -> None:
        """Stop writing: there is nobody any more."""
        self.forget()
        if self._writing:
            self._writing.cancel()
