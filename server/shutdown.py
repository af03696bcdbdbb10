"""
Graceful shutdown: refuse new sockets, close open ones over time, finish running requests.

The server alone would close all sockets at once, and all clients would reconnect to the remaining
processes in the same second. So SIGTERM first closes sockets one by one, then reaches the server.
"""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any


def drain_on_sigterm(loop: asyncio.AbstractEventLoop, drain: Callable[[], Awaitable[None]]) -> None:
    """Await `drain` before the server's own handler; a second SIGTERM reaches that at once."""
    if threading.current_thread() is not threading.main_thread():
        return  # a server in a test's thread: only the main thread can handle signals
    server_handler: Any = signal.getsignal(signal.SIGTERM)
    draining: set[asyncio.Task[None]] = set()

    async def drain_then_handle(frame: FrameType | None) -> None:
        await drain()
        server_handler(signal.SIGTERM, frame)

    def handle(signum: int, frame: FrameType | None) -> None:
        if draining or not callable(server_handler):
            signal.signal(signal.SIGTERM, server_handler)
            signal.raise_signal(signal.SIGTERM)
            return
        loop.call_soon_threadsafe(
            lambda: draining.add(asyncio.ensure_future(drain_then_handle(frame)))
        )

    signal.signal(signal.SIGTERM, handle)
