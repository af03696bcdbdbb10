"""The API's thread pools, one per kind of work, so that slow requests do not delay others."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from server.disconnects import ClientGone, wait_until_gone

WATCHED_AFTER = 0.05
"""
Seconds that a call waits before its client is watched for a disconnect.

Watching a client costs as much as a query.
"""
P = ParamSpec("P")
T = TypeVar("T")


class LaneFull(Exception):
    """The queue of a thread pool (`Lane`), or of the upload slots, is full."""


class Lane:
    """A thread pool for one event loop, with a queue of at most `queue` calls."""

    def __init__(
        self,
        name: str,
        threads: int,
        queue: float = math.inf,
        prepare_thread: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self._threads = ThreadPoolExecutor(threads, name, initializer=prepare_thread)
        self._running, self._limit = threads, threads + queue
        self._pending = 0

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `call` in a thread and return its result; raise LaneFull if the queue is full."""
        _, outcome = self._submit(partial(call, *args, **kwargs))
        return await outcome

    async def run_for(
        self, receive: Any, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """
        Run `call` as `run` does, but drop it if the client disconnects while it is queued.

        Raise LaneFull if the queue is full, or ClientGone if the call was dropped. A call that is
        already running is completed. The caller must have read the request's body, so that `receive` can
        only return the disconnect.
        """
        must_wait = self._pending >= self._running
        work, outcome = self._submit(partial(call, *args, **kwargs))
        if not must_wait:
            return await outcome
        loop = outcome.get_loop()
        watching = loop.call_later(WATCHED_AFTER, self._watch, receive, work, outcome)
        try:
            return await outcome
        finally:
            watching.cancel()
            self._drop(work, outcome)

    def _watch(self, receive: Any, work: Future[None], outcome: asyncio.Future[T]) -> None:
        """Drop a queued call as soon as its client has disconnected."""
        disconnect = asyncio.create_task(wait_until_gone(receive))
        disconnect.add_done_callback(lambda _: self._drop(work, outcome))
        outcome.add_done_callback(lambda _: disconnect.cancel())

    def _submit(self, call: Callable[[], T]) -> tuple[Future[None], asyncio.Future[T]]:
        if self._pending >= self._limit:
            raise LaneFull(f"{self._limit} requests run or wait in the lane {self.name!r}.")
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        work = self._threads.submit(self._work, loop, outcome, call)
        self._pending += 1
        return work, outcome

    def _work(
        self, loop: asyncio.AbstractEventLoop, outcome: asyncio.Future[T], call: Callable[[], T]
    ) -> None:
        """
        Run the call and pass its result or error to the event loop.

        run_in_executor() would do the same, but its chained futures take as long as a database query.
        """
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - the caller handles it
            loop.call_soon_threadsafe(self._end, outcome, outcome.set_exception, error)
        else:
            loop.call_soon_threadsafe(self._end, outcome, outcome.set_result, result)

    def _drop(self, work: Future[None], outcome: asyncio.Future[T]) -> None:
        """If the call is still queued, drop the call, and raise ClientGone where `outcome` is awaited."""
        if not work.cancelled() and work.cancel():
            self._end(outcome, outcome.set_exception, ClientGone())

    def _end(self, outcome: asyncio.Future[T], end: Callable[[Any], None], value: Any) -> None:
        """Count a call as ended. Call `end(value)` to resolve `outcome`, unless `outcome` was cancelled."""
        self._pending -= 1
        if not outcome.done():
            end(value)
