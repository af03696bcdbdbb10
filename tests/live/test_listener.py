"""How events get from the channel layer to the sockets of this process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.conf import settings

from live import listener as module
from live.listener import EventListener
from live.publisher import Event
from live.registry import SocketRegistry
from tests.live.client import finish_tasks, run, settle, until
from tests.live.counting import CountingConsumer, Grant, grown
from tests.live.layer import Layer


class World:
    """A listener, its layer and its registry."""

    def __init__(self) -> None:
        self.layer = Layer()
        self.registry = SocketRegistry()
        self.listener = EventListener(self.registry)

    async def open(self, user_id: int = 2) -> CountingConsumer:
        """Register a socket without a client, and subscribe to its user's events."""
        socket = CountingConsumer()
        socket.access = Grant(user_id)
        socket.show = lambda number: None  # type: ignore[method-assign]  # there is no outbox
        self.registry.add(socket)
        await self.listener.subscribe(user_id)
        return socket

    async def close(self, socket: CountingConsumer) -> None:
        self.registry.remove(socket)
        self.listener.release(socket.access.user_id)
        await finish_tasks()

    async def deliver(self, *events: Event | Exception) -> None:
        for event in events:
            self.layer.events.put_nowait(event)
        await settle()


Scenario = Callable[[World], Awaitable[None]]


@pytest.fixture
def run_in_world(monkeypatch: pytest.MonkeyPatch) -> Callable[[Scenario], None]:
    """Return a function that runs a scenario with a listener on its own layer."""

    def start(scenario: Scenario) -> None:
        async def main() -> None:
            world = World()
            monkeypatch.setattr(module, "get_channel_layer", lambda: world.layer)
            monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)
            monkeypatch.setattr(settings, "EVENT_TIMEOUT_SECONDS", 0.01)
            await scenario(world)

        run(main)

    return start


Run = Callable[[Scenario], None]


def test_event_reaches_every_socket_of_its_user_and_no_other(run_in_world: Run) -> None:
    async def scenario(world: World) -> None:
        first, second, stranger = [await world.open(user_id) for user_id in (2, 2, 3)]
        event = grown(2, group="user.2")

        await world.deliver(event)

        assert (first.heard, second.heard, stranger.heard) == ([event], [event], [])

    run_in_world(scenario)


def test_group_is_joined_once_and_left_with_the_last_socket(run_in_world: Run) -> None:
    async def scenario(world: World) -> None:
        first, second = await world.open(), await world.open()
        await world.close(first)
        assert world.layer.calls == ["add user.2"]

        await world.close(second)
        assert world.layer.calls == ["add user.2", "discard user.2"]

    run_in_world(scenario)


def test_failed_subscription_is_retried(run_in_world: Run) -> None:
    async def scenario(world: World) -> None:
        world.layer.error = ConnectionError()
        await world.open()
        assert world.layer.groups == set()

        world.layer.error = None
        await world.listener.retry_failed()
        assert world.layer.groups == {"user.2"}

        await world.listener.retry_failed()
        assert world.layer.calls == ["add user.2"] * 2

    run_in_world(scenario)


def test_slow_subscription_counts_as_failed(run_in_world: Run) -> None:
    async def scenario(world: World) -> None:
        world.layer.is_open.clear()
        await world.open()

        assert world.layer.groups == set()
        assert world.listener._failed == {2}

    run_in_world(scenario)


def test_failed_subscription_of_a_user_without_sockets_is_not_retried(run_in_world: Run) -> None:
    async def scenario(world: World) -> None:
        world.layer.error = ConnectionError()
        socket = await world.open()
        await world.close(socket)

        await world.listener.retry_failed()

        assert world.layer.calls == ["add user.2"]

    run_in_world(scenario)


def test_group_is_left_if_the_socket_closed_while_it_was_joined(
    run_in_world: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(world: World) -> None:
        monkeypatch.setattr(settings, "EVENT_TIMEOUT_SECONDS", 10)
        world.layer.is_open.clear()
        socket = CountingConsumer()
        socket.access = Grant(2)
        world.registry.add(socket)
        joining = asyncio.create_task(world.listener.subscribe(2))
        await settle()

        await world.close(socket)
        world.layer.is_open.set()
        await joining
        await finish_tasks()

        assert world.layer.groups == set()

    run_in_world(scenario)


def test_failure_to_leave_a_group_is_ignored(run_in_world: Run) -> None:
    async def scenario(world: World) -> None:
        socket = await world.open()
        world.layer.error = ConnectionError()
        await world.close(socket)
        world.layer.error = None

        again = await world.open()
        await world.deliver(grown(2, group="user.2"))

        assert world.layer.calls == ["add user.2", "discard user.2", "add user.2"]
        assert len(again.heard) == 1

    run_in_world(scenario)


def test_failure_to_receive_is_logged_and_the_next_event_arrives(
    run_in_world: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(world: World) -> None:
        socket = await world.open()

        await world.deliver(ValueError("no event"), grown(2, group="user.2"))
        await until(lambda: bool(socket.heard))

    with caplog.at_level(logging.ERROR):
        run_in_world(scenario)
    assert [each.message for each in caplog.records] == ["An event could not be received."]


def test_event_without_a_group_is_ignored(run_in_world: Run) -> None:
    async def scenario(world: World) -> None:
        socket = await world.open()

        await world.deliver(grown(2), grown(3, group="user.2"))

        assert [each["number"] for each in socket.heard] == [3]

    run_in_world(scenario)


def test_failing_socket_does_not_block_others(
    run_in_world: Run, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(event: Any) -> None:
        raise ValueError

    async def scenario(world: World) -> None:
        broken, other = await world.open(), await world.open()
        broken.handle_number_grown = fail  # type: ignore[method-assign]  # like a bug

        await world.deliver(grown(2, group="user.2"), grown(3, group="user.2"))

        assert [each["number"] for each in other.heard] == [2, 3]

    run_in_world(scenario)
    assert [each.message for each in caplog.records] == ["A socket failed on an event."] * 2


def test_listener_on_a_new_event_loop_subscribes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def listen(world: World) -> None:
        world.layer = Layer()
        monkeypatch.setattr(module, "get_channel_layer", lambda: world.layer)
        await world.open(user_id=3)
        await world.listener.retry_failed()

    worlds: list[World] = []

    async def first() -> None:
        worlds.append(World())
        monkeypatch.setattr(module, "get_channel_layer", lambda: worlds[0].layer)
        await worlds[0].open(user_id=2)

    run(first)
    run(lambda: listen(worlds[0]))

    assert worlds[0].layer.groups == {"user.2", "user.3"}
