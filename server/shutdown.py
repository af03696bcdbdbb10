"""
A clean end: no new sockets, open ones closed one after the other, requests in flight finished.

The server itself closes every socket in one instant, and then all clients return in the same second
to the processes that are left. Here SIGTERM first spreads the closings, then reaches the server.
"""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any


def drain_on_sigterm(loop: asyncio.AbstractEventLoop, drain: Callable[[], Awaitable[None]]) -> None:
    """Await `drain` before the server's own handler; a second SIGTERM goes straight to that."""
    if threading.current_thread() is not threading.main_thread():
        return  # a server inside a test: signals belong to the main thread
    servers_own: Any = signal.getsignal(signal.SIGTERM)
    draining: set[asyncio.Task[None]] = set()

    async def drain_and_pass_on(frame: FrameType | None) -> None:
        await drain()
        servers_own(signal.SIGTERM, frame)

    def handle(signum: int, frame: FrameType | None) -> None:
        if draining or not callable(servers_own):
            signal.signal(signal.SIGTERM, servers_own)
            signal.raise_signal(signal.SIGTERM)
            return
        loop.call_soon_threadsafe(
            lambda: draining.add(asyncio.ensure_future(drain_and_pass_on(frame)))
        )

    signal.signal(signal.SIGTERM, handle)
