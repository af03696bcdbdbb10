"""Limits how many requests of one kind are processed at the same time, and how many wait for that."""

import asyncio
import math
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from django.conf import settings

from server.disconnects import ClientGone
from server.lanes import LaneFull

WAIT_SECONDS = 45
"""
The longest wait for a slot. Proxies give up after a minute.

It also frees the places of clients that have disconnected unnoticed.
"""
Key = Hashable
Gone = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Limits:
    """The number of requests that are processed at the same time, and of those that wait."""

    running: int
    waiting: int


class Slots:
    """
    Slots for requests, of which each key (a person or a network) gets only a part.

    If requests of several keys wait, the keys take turns. So a flood from one key delays the requests of
    the others by little more than the request that is being processed.
    """

    def __init__(self, name: str, *, in_all: Limits, per_key: Limits) -> None:
        self._name, self._in_all, self._per_key = name, in_all, per_key
        self._running: Counter[Key] = Counter()
        self._queues: dict[Key, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def hold(self, key: Key, gone: Gone) -> AsyncIterator[None]:
        """
        Wait for a slot and hold it.

        Raise LaneFull if too many requests wait for one, or after `WAIT_SECONDS`. Raise ClientGone as
        soon as `gone` returns while this request waits: its client has disconnected.
        """
        turn = self._enqueue(key)
        try:
            await _wait(turn, gone)
            yield
        finally:
            self._leave(key, turn)

    def _enqueue(self, key: Key) -> asyncio.Future[None]:
        waiting = {each: len(queue) for each, queue in self._queues.items()}
        of_key = self._running[key] + waiting.get(key, 0)
        in_all = self._running.total() + sum(waiting.values())
        if _is_full(self._per_key, of_key) or _is_full(self._in_all, in_all):
            raise LaneFull(f"{in_all} {self._name} run or wait, {of_key} of them from one client.")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(key, deque()).append(turn)
        self._give_turns()
        return turn

    def _give_turns(self) -> None:
        """Give free slots to the first request of each key; a key that got one goes to the end."""
        for key in list(self._queues):
            if self._running.total() >= self._in_all.running:
                return
            if self._running[key] < self._per_key.running:
                queue = self._queues.pop(key)
                turn = queue.popleft()
                turn.set_result(None)
                self._running[key] += 1
                if queue:
                    self._queues[key] = queue

    def _leave(self, key: Key, turn: asyncio.Future[None]) -> None:
        """Free the slot of a request, or its place in the queue if it has got no slot."""
        queue = self._queues.get(key, deque())
        if turn in queue:
            queue.remove(turn)
            if not queue:
                del self._queues[key]
        else:
            self._running[key] -= 1
            self._running += Counter()  # drops the keys without requests
        self._give_turns()


def _is_full(limits: Limits, count: int) -> bool:
    return count >= limits.running + limits.waiting


async def _wait(turn: asyncio.Future[None], gone: Gone) -> None:
    """Return when it is this request's turn; raise ClientGone or LaneFull, as `hold` does."""
    if turn.done():
        return
    watch = asyncio.ensure_future(gone())
    try:
        await asyncio.wait((turn, watch), timeout=WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if watch.done():
            raise ClientGone
        if not turn.done():
            raise LaneFull(f"No slot was free for {WAIT_SECONDS} seconds.")
    finally:
        watch.cancel()


def make_password_slots() -> Slots:
    """
    Return slots for the requests that hash passwords, in all and per network.

    One network gets at most half of the threads, and fills at most half of the queue.
    """
    threads, queue = settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE
    of_one = Limits(math.ceil(threads / 2), math.ceil(queue / 2))
    return Slots("passwords", in_all=Limits(threads, queue), per_key=of_one)


def make_page_slots() -> Slots:
    """Return slots for the requests outside the API, in all and per network."""
    threads, queue = settings.PAGE_THREADS, settings.PAGE_QUEUE
    of_one = Limits(math.ceil(threads * 3 / 4), math.ceil(queue / 2))
    return Slots("pages", in_all=Limits(threads, queue), per_key=of_one)
