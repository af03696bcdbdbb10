"""Opening, access checks and closing of a socket."""

import asyncio
from typing import Any

import orjson
import pytest

from live.close_codes import CloseCode
from live.reconciler import reconciler
from live.registry import open_sockets
from tests.database_errors import away
from tests.live.client import (
    Client,
    Message,
    accept,
    close,
    finish_tasks,
    run,
    scope_of,
    settle,
    text,
)
from tests.live.counting import CountingConsumer, Grant, Store, grown

ONE = text('{"number":1}')


async def connect(scope: Message) -> tuple[Client, CountingConsumer]:
    client, socket = Client(), CountingConsumer()
    await client.connect(socket, scope)
    return client, socket


# Opening
# ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("scope", "subprotocol"),
    [(scope_of("bob"), "bearer"), (scope_of(query="token=bob"), None)],
)
def test_socket_with_a_valid_token_opens_and_is_registered_until_it_disconnects(
    scope: Message, subprotocol: str | None
) -> None:
    async def scenario() -> None:
        client, socket = await connect(scope)

        assert client.seen == [accept(subprotocol), ONE]
        assert open_sockets.of_user(2) == {socket}
        assert reconciler.is_tracked(socket)

        await client.disconnect()
        assert open_sockets.of_user(2) == ()
        assert not reconciler.is_tracked(socket)

    run(scenario)


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (scope_of("nobody's"), CloseCode.NOT_SIGNED_IN),
        (scope_of("bob", origin="https://evil.example"), CloseCode.NOT_VISIBLE),
    ],
)
def test_refused_socket_is_accepted_first_so_that_browsers_show_the_code(
    scope: Message, code: CloseCode
) -> None:
    async def scenario() -> None:
        client, _ = await connect(scope)

        assert client.seen == [accept(), close(code)]
        assert open_sockets.of_user(2) == ()

    run(scenario)


def test_socket_is_closed_while_the_database_is_unavailable(counted: Store) -> None:
    counted.error = away()

    async def scenario() -> None:
        client, _ = await connect(scope_of("bob"))

        assert client.seen == [accept(), close(CloseCode.TRY_AGAIN_LATER)]

    run(scenario)


def test_socket_without_access_is_closed(counted: Store) -> None:
    counted.number = -1

    async def scenario() -> None:
        client, _ = await connect(scope_of("bob"))

        assert client.seen == [accept(), close(CloseCode.NOT_VISIBLE)]
        assert open_sockets.of_user(2) == ()

    run(scenario)


def test_handshake_with_the_token_in_the_query_is_refused_over_http(counted: Store) -> None:
    counted.number = -1

    async def scenario() -> None:
        client, _ = await connect(scope_of(query="token=bob"))

        start, body = client.seen
        assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
        assert orjson.loads(body["body"])["code"] == "permission_denied"

    run(scenario)


def test_server_without_http_responses_refuses_by_closing(counted: Store) -> None:
    counted.number = -1

    async def scenario() -> None:
        client, _ = await connect({**scope_of(query="token=bob"), "extensions": {}})

        assert client.seen == [close(CloseCode.NOT_VISIBLE)]

    run(scenario)


@pytest.mark.parametrize("query", ["token=nobody's", "token=", ""])
def test_invalid_token_in_the_query_closes_with_a_code(query: str) -> None:
    async def scenario() -> None:
        client, _ = await connect(scope_of(query=query))

        assert client.seen == [accept(None), close(CloseCode.NOT_SIGNED_IN)]

    run(scenario)


def test_socket_with_nothing_to_send_is_accepted_once_it_is_open() -> None:
    class Silent(CountingConsumer):
        async def open(self) -> None:
            """Send nothing: the client has resumed at the newest state."""

    async def scenario() -> None:
        client = Client()
        await client.connect(Silent(), scope_of(query="token=bob"))

        assert client.seen == [accept(None)]
        await client.disconnect()

    run(scenario)


def test_socket_closed_while_it_opens_is_refused_and_not_accepted() -> None:
    class Closing(CountingConsumer):
        async def open(self) -> None:
            self.close_soon(CloseCode.NOT_VISIBLE)

    async def scenario() -> None:
        client = Client()
        await client.connect(Closing(), scope_of(query="token=bob"))

        assert [each["type"] for each in client.seen] == [
            "websocket.http.response.start",
            "websocket.http.response.body",
        ]

    run(scenario)


def test_new_socket_evicts_one_whose_client_has_sent_nothing(settings: Any) -> None:
    settings.SOCKETS_PER_USER = 1

    async def scenario() -> None:
        first, _ = await connect(scope_of("bob"))
        second, _ = await connect(scope_of("bob"))

        assert first.seen[-1] == close(CloseCode.TOO_MUCH)
        assert second.seen == [accept(), ONE]

    run(scenario)


# Closing
# ------------------------------------------------------------------------------
def test_closed_socket_neither_sends_nor_receives_nor_is_tracked() -> None:
    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))

        socket.close_soon(CloseCode.RESTARTING)
        socket.close_soon(CloseCode.TOO_MUCH)
        socket.push("late")
        socket.on_event(grown(2))
        socket.track_position()
        await client.say_frame(type="ping")

        assert client.seen == [accept(), ONE, close(CloseCode.RESTARTING)]
        assert not reconciler.is_tracked(socket)

    run(scenario)


def test_slow_client_gets_no_frame_after_a_gap(settings: Any) -> None:
    settings.SOCKET_PENDING_FRAMES = 3

    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))
        client.reads.clear()

        socket.push("half sent")
        await settle()
        for number in range(6):
            socket.push(f"waits {number}")
        client.reads.set()
        await settle()

        assert client.seen == [accept(), ONE, text("half sent"), close(CloseCode.TOO_MUCH)]

    run(scenario)


def test_client_that_disconnects_gets_nothing_more() -> None:
    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))
        client.reads.clear()
        socket.push("half sent")
        socket.push("waits")
        await settle()

        await client.disconnect()
        client.reads.set()
        await settle()

        assert client.seen == [accept(), ONE]

    run(scenario)


# Access
# ------------------------------------------------------------------------------
def test_token_of_the_same_user_replaces_the_old_one() -> None:
    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))

        await client.say_frame(type="authenticate", token="bob's next")

        assert socket.access == Grant(2, 21)
        assert client.frames == [{"number": 1}]

    run(scenario)


@pytest.mark.parametrize("frame", [{"token": "charlie"}, {"token": "nobody's"}, {"token": 5}, {}])
def test_other_tokens_are_refused_and_change_nothing(
    frame: dict[str, Any],
) -> None:
    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))

        await client.say_frame(type="authenticate", **frame)

        assert socket.access == Grant(2, 20)
        assert client.frames[1]["type"] == "error"

    run(scenario)


def test_too_many_tokens_close_the_socket_and_are_not_used(settings: Any) -> None:
    settings.SOCKET_AUTHENTICATE_BURST, settings.SOCKET_AUTHENTICATE_PER_SECOND = 1, 0.001

    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))

        for token in ("bob", "bob's next", "bob's next"):
            await client.say_frame(type="authenticate", token=token)

        assert client.seen == [accept(), ONE, close(CloseCode.TOO_MUCH)]
        assert socket.access == Grant(2, 20)

    run(scenario)


def test_change_of_access_closes_sockets_of_ended_sessions(counted: Store) -> None:
    async def scenario() -> None:
        (client, socket), (other_client, other) = [
            await connect(scope_of(token)) for token in ("bob", "bob's next")
        ]
        counted.ended.add(20)

        for each in (socket, other):
            each.on_event({"type": "access.changed"})
        await finish_tasks()

        assert client.seen[-1] == close(CloseCode.NOT_SIGNED_IN)
        assert other_client.seen == [accept(), ONE]

    run(scenario)


def test_token_renewed_during_the_check_keeps_the_socket_open(counted: Store) -> None:
    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))
        counted.ended.add(20)

        checking = asyncio.create_task(socket.check_access())
        await asyncio.sleep(0)
        socket.access = Grant(2, 21)
        await checking

        assert client.seen == [accept(), ONE]

    run(scenario)


def test_event_of_an_unknown_type_is_ignored() -> None:
    async def scenario() -> None:
        client, socket = await connect(scope_of("bob"))

        socket.on_event({"type": "from.a.newer.release"})
        await settle()

        assert client.seen == [accept(), ONE]

    run(scenario)
