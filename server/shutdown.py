"""
Graceful shutdown: closes the sockets at different moments within a few seconds, then stops the server.

uvicorn would close all sockets at once, and all clients would reconnect to the other processes in the
same second.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any


def drain_on_sigterm(loop: asyncio.AbstractEventLoop, drain: Callable[[], Awaitable[None]]) -> None:
    """On SIGTERM, await `drain`, then call the server's handler; on a second SIGTERM, skip `drain`."""
    server_handler: Any = signal.getsignal(signal.SIGTERM)
    draining: set[asyncio.Task[None]] = set()

    async def drain_then_handle(frame: FrameType | None) -> None:
        await drain()
        server_handler(signal.SIGTERM, frame)

    def handle(signum: int, frame: FrameType | None) -> None:
        if draining:
            server_handler(signum, frame)
            return
        loop.call_soon_threadsafe(
            lambda: draining.add(asyncio.ensure_future(drain_then_handle(frame)))
        )

    signal.signal(signal.SIGTERM, handle)
