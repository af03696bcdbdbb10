"""Slots: limits in all and per key, and turns between keys."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server import slots
from server.disconnects import ClientGone
from server.lanes import LaneFull
from server.slots import Limits, Slots


async def stay() -> None:
    await asyncio.Event().wait()


def make_slots(running: int = 2, *, per_key: int = 1, waiting: int = 10) -> Slots:
    most = Limits(running, waiting)
    return Slots("tests", in_all=most, per_key=Limits(per_key, waiting // 2))


class Holder:
    """Holds slots, and records which requests got one, in which order."""

    def __init__(self, slots: Slots) -> None:
        self.slots, self.begun = slots, ""
        self.may_end = asyncio.Event()

    async def begin(
        self, name: str, gone: Callable[[], Awaitable[object]] = stay
    ) -> "asyncio.Task[None]":
        """Start a request whose key is the first letter of its name, and let it wait."""
        task = asyncio.create_task(self._hold(name, gone))
        await asyncio.sleep(0)
        return task

    async def _hold(self, name: str, gone: Callable[[], Awaitable[object]]) -> None:
        async with self.slots.hold(name[0], gone):
            self.begun += name
            await self.may_end.wait()


def test_waiting_keys_take_turns() -> None:
    async def story() -> str:
        holder = Holder(make_slots(running=1))
        tasks = [await holder.begin(name) for name in ("a", "a", "a", "b", "c", "b")]
        holder.may_end.set()
        await asyncio.gather(*tasks)
        return holder.begun

    assert asyncio.run(story()) == "aabcab"


def test_key_at_its_limit_leaves_the_other_slots_to_others() -> None:
    async def story() -> str:
        holder = Holder(make_slots(running=2))
        tasks = [await holder.begin(name) for name in ("a", "a", "b")]
        begun = holder.begun
        holder.may_end.set()
        await asyncio.gather(*tasks)
        return begun

    assert asyncio.run(story()) == "ab"


@pytest.mark.parametrize(("flood", "other"), [("aaaaaa", "a"), ("aaaaabbbbbb", "c")])
def test_request_past_a_queue_is_refused(flood: str, other: str) -> None:
    async def story() -> None:
        holder = Holder(make_slots(running=1, waiting=10))
        tasks = [await holder.begin(name) for name in flood]
        with pytest.raises(LaneFull):
            await (await holder.begin(other))
        holder.may_end.set()
        await asyncio.gather(*tasks)

    asyncio.run(story())


def test_request_whose_client_disconnects_leaves_the_queue() -> None:
    async def story() -> str:
        holder, gone = Holder(make_slots(running=1, waiting=2)), asyncio.Event()
        running = await holder.begin("a")
        leaving = await holder.begin("a", gone.wait)
        gone.set()
        with pytest.raises(ClientGone):
            await leaving
        tasks = [running, await holder.begin("a")]
        holder.may_end.set()
        await asyncio.gather(*tasks)
        return holder.begun

    assert asyncio.run(story()) == "aa"


def test_request_that_waits_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "WAIT_SECONDS", 0.01)

    async def story() -> None:
        holder = Holder(make_slots(running=1))
        running = await holder.begin("a")
        with pytest.raises(LaneFull):
            await (await holder.begin("b"))
        holder.may_end.set()
        await running

    asyncio.run(story())


def test_cancelled_request_leaves_the_queue() -> None:
    async def story() -> str:
        holder = Holder(make_slots(running=1))
        running = await holder.begin("a")
        waiting, other = await holder.begin("b"), await holder.begin("b")
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        holder.may_end.set()
        await asyncio.gather(running, other)
        return holder.begun

    assert asyncio.run(story()) == "ab"
