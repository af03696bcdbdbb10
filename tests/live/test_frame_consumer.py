"""The frames that a client may send, and the errors for invalid ones."""

from typing import Any

import pytest

from live.close_codes import CloseCode
from tests.live.client import Client, Message, close, run, scope_of
from tests.live.counting import CountingConsumer


async def connect() -> tuple[Client, CountingConsumer]:
    client, socket = Client(), CountingConsumer()
    await client.connect(socket, scope_of("bob"))
    client.seen.clear()
    return client, socket


def received(**content: Any) -> Message:
    return {"type": "websocket.receive", **content}


def test_frame_is_handled_by_its_type_and_counts_as_activity() -> None:
    async def scenario() -> None:
        client, socket = await connect()
        socket.active_at = 0.0

        await client.say_frame(type="ping")

        assert client.frames == [{"type": "pong"}]
        assert socket.active_at > 0

    run(scenario)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (received(text="not JSON"), "bad_frame"),
        (received(text="[]"), "bad_frame"),
        (received(text=""), "bad_frame"),
        (received(bytes=b"{}"), "bad_frame"),
        (received(text='{"type": ' + "[" * 1000 + "]" * 1000 + "}"), "bad_frame"),
        (received(text="{}"), "unknown_type"),
        (received(text='{"type": ["ping"]}'), "unknown_type"),
        (received(text='{"type": "sing"}'), "unknown_type"),
        (received(text='{"type": "raise", "error": "not_found"}'), "not_found"),
        (received(text='{"type": "raise", "error": "invalid"}'), "invalid"),
        (received(text='{"type": "raise", "error": "away"}'), "temporarily_unavailable"),
    ],
)
def test_invalid_frame_gets_an_error_and_the_socket_stays_open(message: Message, code: str) -> None:
    async def scenario() -> None:
        client, _ = await connect()

        await client.say(message)
        await client.say_frame(type="ping")

        error, pong = client.frames
        assert (error["type"], error["code"]) == ("error", code)
        assert pong == {"type": "pong"}

    run(scenario)


def test_field_error_is_one_sentence() -> None:
    async def scenario() -> None:
        client, _ = await connect()

        await client.say_frame(type="raise", error="invalid")

        assert client.frames == [{"type": "error", "detail": "Not a number.", "code": "invalid"}]

    run(scenario)


@pytest.mark.parametrize(
    "message", [received(text="x" * 11), received(bytes=b"x" * 11), received(text="ä" * 6)]
)
def test_frame_that_is_too_large_closes_the_socket(message: Message, settings: Any) -> None:
    settings.SOCKET_MAX_FRAME_BYTES = 10

    async def scenario() -> None:
        client, _ = await connect()

        await client.say(message)

        assert client.seen == [close(CloseCode.FRAME_TOO_LARGE)]

    run(scenario)


@pytest.mark.parametrize("message", [received(text="x" * 10), received(text="ä" * 5)])
def test_frame_of_the_largest_size_is_handled(message: Message, settings: Any) -> None:
    settings.SOCKET_MAX_FRAME_BYTES = 10

    async def scenario() -> None:
        client, _ = await connect()

        await client.say(message)

        assert [frame["code"] for frame in client.frames] == ["bad_frame"]

    run(scenario)


def test_frame_past_the_limit_closes_the_socket(settings: Any) -> None:
    settings.SOCKET_FRAME_BURST = 2
    settings.SOCKET_FRAMES_PER_SECOND = 0.001

    async def scenario() -> None:
        client, _ = await connect()

        for _ in range(3):
            await client.say_frame(type="ping")

        assert client.frames == [{"type": "pong"}] * 2
        assert client.seen[2:] == [close(CloseCode.TOO_MUCH)]

    run(scenario)
