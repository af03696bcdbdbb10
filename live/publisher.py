"""
Sends events to the channel layer from one long-lived event loop. No other module sends any.

Callers do not wait. In a request's thread, `async_to_sync(group_send)` would create an event loop and a
Redis connection each time, and wait for Redis. Events may get lost here. If a lost event announced a
change in the database, the loss is detected by the version of a later event, or by the reconciler. Then
the sockets read the database.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from api import metrics
from api.outages import Outage
from live.layers import send_to_groups

logger = logging.getLogger(__name__)

Event = dict[str, Any]


class Publisher:
    """
    Sends the events of each group in the order of submission.

    Drops events while the channel layer is unavailable, or if `PENDING_LIMIT` events are waiting.
    """

    PENDING_LIMIT = 10_000
    # Events that arrive while a call is running are sent together in the next call, at most this many.
    BATCH_LIMIT = 100
    # After a failure, events are dropped for this long, so that not every event waits for a time-out.
    PAUSE_SECONDS = 1.0

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = threading.Lock()
        self._pending: deque[tuple[str, Event]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._paused_until = 0.0
        self._outage = Outage("The channel layer")

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Use the server's event loop: the in-memory layer reaches only sockets of the same loop."""
        self._loop = loop

    def submit(self, group: str, event: Event) -> None:
        """Send `event` to `group` soon. May be called from any thread; failures are only logged."""
        self._running_loop().call_soon_threadsafe(self._enqueue, group, event)

    async def flush(self) -> None:
        """Wait until all submitted events have been sent or dropped, for a clean shutdown."""
        await asyncio.sleep(0)
        if self._draining:
            await self._draining

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None or self._loop.is_closed():
                self._loop = _loop_in_background()
            return self._loop

    def _enqueue(self, group: str, event: Event) -> None:
        if len(self._pending) >= self.PENDING_LIMIT:
            logger.warning("Too many events wait for the channel layer; one was dropped.")
            metrics.events_dropped.inc()
            return
        self._pending.append((group, event))
        if self._draining is None or self._draining.done():
            self._draining = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        while self._pending:
            batch = [
                self._pending.popleft() for _ in range(min(len(self._pending), self.BATCH_LIMIT))
            ]
            if time.monotonic() >= self._paused_until:
                await self._send(batch)
            else:
                metrics.events_dropped.inc(len(batch))

    async def _send(self, batch: list[tuple[str, Event]]) -> None:
        """Send events. Each includes its group, because the receiving channel is in many groups."""
        messages = [(group, {**event, "group": group}) for group, event in batch]
        try:
            async with asyncio.timeout(settings.EVENT_TIMEOUT_SECONDS):
                await send_to_groups(get_channel_layer(), messages)
            self._outage.end()
            metrics.events_published.inc(len(batch))
        except Exception as error:  # noqa: BLE001 - logged
            self._paused_until = time.monotonic() + self.PAUSE_SECONDS
            self._outage.report(error)
            metrics.events_dropped.inc(len(batch))


def _loop_in_background() -> asyncio.AbstractEventLoop:
    """Start a loop in a daemon thread, for processes without a server: commands, shells, tests."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="publisher", daemon=True).start()
    return loop


publisher = Publisher()
