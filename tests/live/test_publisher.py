"""Publishing to the channel layer: in order, in batches, and with failures."""

import asyncio
from itertools import chain
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from live.publisher import Publisher

GROUPS = ("user.1", "user.2")


async def listen(groups: tuple[str, ...]) -> list[str]:
    """Open a channel for each group, and return the channels once they are subscribed."""
    layer: Any = get_channel_layer()
    channels = [await layer.new_channel() for _ in groups]
    for group, channel in zip(groups, channels, strict=True):
        await layer.group_add(group, channel)
    await asyncio.sleep(0.2)
    return channels


async def receive(channel: str, count: int) -> list[dict[str, Any]]:
    layer: Any = get_channel_layer()
    async with asyncio.timeout(5):
        return [await layer.receive(channel) for _ in range(count)]


@async_to_sync
async def send_to_both(count: int) -> list[list[dict[str, Any]]]:
    """Send `count` events to each group, in turn; return the events that each group received."""
    publisher = Publisher()
    publisher.attach(asyncio.get_running_loop())
    channels = await listen(GROUPS)
    for number in range(count):
        for group in GROUPS:
            publisher.submit(group, {"type": "event", "number": number})
    await publisher.flush()
    return [await receive(channel, count) for channel in channels]


def test_events_of_each_group_arrive_in_order() -> None:
    received = send_to_both(50)

    assert received == [
        [{"type": "event", "number": number, "group": group} for number in range(50)]
        for group in GROUPS
    ]


class Layer:
    """A channel layer that accepts messages in batches, or fails."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.is_away = False

    async def group_send_many(self, messages: list[tuple[str, dict[str, Any]]]) -> None:
        if self.is_away:
            raise ConnectionError
        self.batches.append([message["number"] for _, message in messages])
        await asyncio.sleep(0)


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> Layer:
    made = Layer()
    monkeypatch.setattr("live.publisher.get_channel_layer", lambda: made)
    return made


@async_to_sync
async def send(publisher: Publisher, numbers: range) -> None:
    publisher.attach(asyncio.get_running_loop())
    for number in numbers:
        publisher.submit("user.1", {"type": "event", "number": number})
    await publisher.flush()


def test_queued_events_are_sent_in_batches(layer: Layer) -> None:
    send(Publisher(), range(250))

    assert [len(batch) for batch in layer.batches] == [100, 100, 50]
    assert [*chain(*layer.batches)] == list(range(250))


def test_unavailable_layer_is_not_tried_for_a_while(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = Publisher()
    layer.is_away = True
    send(publisher, range(150))
    layer.is_away = False
    send(publisher, range(150, 160))
    assert layer.batches == []

    monkeypatch.setattr(Publisher, "PAUSE_SECONDS", 0)
    publisher._paused_until = 0
    send(publisher, range(160, 170))
    assert layer.batches == [list(range(160, 170))]


def test_process_without_a_server_sends_from_a_separate_thread(layer: Layer) -> None:
    publisher = Publisher()

    for number in range(3):
        publisher.submit("user.1", {"type": "event", "number": number})
    loop = publisher._running_loop()
    asyncio.run_coroutine_threadsafe(publisher.flush(), loop).result(timeout=10)
    loop.call_soon_threadsafe(loop.stop)

    assert [*chain(*layer.batches)] == [0, 1, 2]


def test_events_past_the_limit_are_dropped(
    layer: Layer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Publisher, "PENDING_LIMIT", 5)

    send(Publisher(), range(7))

    assert [*chain(*layer.batches)] == [0, 1, 2, 3, 4]
    assert len(caplog.records) == 2


def test_flush_without_any_event_returns_at_once() -> None:
    async_to_sync(Publisher().flush)()
