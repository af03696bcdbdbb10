"""Open sockets are compared with the database, and sockets that missed an event catch up."""

import asyncio
import logging
from typing import Any

import pytest

from live.close_codes import CloseCode
from live.reconciler import Reconciler, reconciler
from tests.database_errors import away
from tests.live.client import Client, close, finish_tasks, run, scope_of, until
from tests.live.counting import CountingConsumer, Grant, Store
from tests.live.layer import Layer


@pytest.fixture(autouse=True)
def _quick_rounds(settings: Any) -> None:
    settings.SOCKET_REVIEW_SECONDS = 0.01


async def connect(name: str = "bob") -> tuple[Client, CountingConsumer]:
    client, socket = Client(), CountingConsumer()
    await client.connect(socket, scope_of(name))
    return client, socket


async def pass_rounds(store: Store) -> None:
    """Wait until every socket has been checked again."""
    last = store.queries + 2
    await until(lambda: store.queries >= last)
    await finish_tasks()


def test_socket_that_is_behind_is_brought_up_to_date_once(counted: Store) -> None:
    async def scenario() -> None:
        behind, _ = await connect()
        current, other = await connect()

        counted.number = 2
        other.show(2)
        await pass_rounds(counted)

        assert behind.frames == current.frames == [{"number": 1}, {"number": 2}]

    run(scenario)


def test_ended_session_closes_its_sockets_without_an_event(counted: Store) -> None:
    async def scenario() -> None:
        ended, _ = await connect("bob")
        living, _ = await connect("charlie")

        counted.ended.add(20)
        await until(lambda: close(CloseCode.NOT_SIGNED_IN) in ended.seen)

        assert living.frames == [{"number": 1}]

    run(scenario)


def test_session_of_a_renewed_token_is_checked_instead_of_the_first_one(counted: Store) -> None:
    async def scenario() -> None:
        client, _ = await connect("bob")
        await client.say_frame(type="authenticate", token="bob's next")

        counted.ended.add(21)
        await until(lambda: close(CloseCode.NOT_SIGNED_IN) in client.seen)

    run(scenario)


def test_expired_token_closes_its_socket_without_a_change(counted: Store) -> None:
    counted.grants["bob"] = Grant(2, 20, expires_at=1.0)

    async def scenario() -> None:
        client, _ = await connect()

        await until(lambda: close(CloseCode.NOT_SIGNED_IN) in client.seen)

    run(scenario)


@pytest.mark.parametrize(("error", "level"), [(away(), "WARNING"), (ValueError("bug"), "ERROR")])
def test_failed_query_is_logged_and_retried_in_the_next_round(
    counted: Store, error: Exception, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        client, _ = await connect()

        counted.error = error
        await pass_rounds(counted)
        counted.error, counted.number = None, 2
        await until(lambda: {"number": 2} in client.frames)

    with caplog.at_level(logging.WARNING):
        run(scenario)
    logged = {each.levelname for each in caplog.records if each.name == "api.outages"}
    assert logged == {level}


def test_group_that_could_not_be_joined_is_joined_in_a_later_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario() -> None:
        layer = Layer()
        layer.error = ConnectionError()
        monkeypatch.setattr("live.listener.get_channel_layer", lambda: layer)
        await connect()
        assert layer.groups == set()

        layer.error = None
        await until(lambda: layer.groups == {"user.2"})

    run(scenario)


def test_no_query_is_made_when_the_last_socket_has_closed(counted: Store) -> None:
    async def scenario() -> None:
        client, _ = await connect()
        await client.disconnect()
        await until(lambda: bool(reconciler._running and reconciler._running.done()))

        queries = counted.queries
        await asyncio.sleep(0.05)
        assert counted.queries == queries

        client, _ = await connect()
        counted.number = 2
        await until(lambda: {"number": 2} in client.frames)

    run(scenario)


def test_socket_that_was_never_tracked_can_be_untracked() -> None:
    own = Reconciler()

    own.untrack(CountingConsumer())

    assert not own._sockets
