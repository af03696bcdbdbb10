"""Clients that read nothing, or close slowly, are aborted."""

import asyncio
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from server import socket_protocol
from server.socket_protocol import BURST_FRAMES, SocketProtocol
from tests.live.client import run

pytestmark = pytest.mark.without_servers


class Connection(asyncio.Transport):
    """A connection whose client reads nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = asyncio.Event()
        self.written: list[Any] = []

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def write(self, data: Any) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.aborted.is_set()

    def close(self) -> None:
        """Wait for the client, which reads nothing."""

    def abort(self) -> None:
        self.aborted.set()


def connect() -> tuple[SocketProtocol, Connection]:
    config = Config("server.connection:LimitedConnection", log_config=None)
    config.load()
    protocol = SocketProtocol(config, ServerState(), {}, asyncio.get_running_loop())
    connection = Connection()
    protocol.connection_made(connection)
    return protocol, connection


def test_client_that_reads_nothing_is_aborted(settings: Any) -> None:
    settings.SOCKET_STALL_SECONDS = 0.01

    async def scenario() -> None:
        protocol, connection = connect()
        protocol.pause_writing()
        protocol.handle_ping()
        await asyncio.wait_for(connection.aborted.wait(), 20)
        assert connection.written == []

    run(scenario)


def test_client_that_reads_again_is_kept_and_answered() -> None:
    async def scenario() -> None:
        protocol, connection = connect()
        protocol.resume_writing()
        protocol.pause_writing()
        stalled: Any = protocol._stalled
        protocol.resume_writing()
        protocol.handle_ping()
        assert stalled.cancelled()
        assert len(connection.written) == 1

    run(scenario)


def test_client_that_answers_no_ping_is_aborted() -> None:
    async def scenario() -> None:
        protocol, connection = connect()
        protocol.keepalive_timeout()
        assert connection.aborted.is_set()

    run(scenario)


def flood(protocol: SocketProtocol) -> None:
    """Receive too many frames while a message waits for the application."""
    protocol.queue.put_nowait({"type": "websocket.receive", "text": "{}"})
    receive_too_many(protocol)


def receive_too_many(protocol: SocketProtocol) -> None:
    protocol.conn.events = [Frame(Opcode.PING, b"")] * (BURST_FRAMES + 1)
    protocol.handle_events()


def test_flood_while_messages_wait_is_discarded_and_aborted_later() -> None:
    async def scenario() -> None:
        protocol, connection = connect()
        protocol.close_timeout = 0.01
        flood(protocol)
        protocol.data_received(b"anything")

        assert not connection.aborted.is_set()
        assert connection.written == []
        await asyncio.wait_for(connection.aborted.wait(), 20)

    run(scenario)


def test_client_of_a_flood_has_time_to_read_the_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_protocol, "FLOOD_LINGER_SECONDS", 0.01)

    async def scenario() -> None:
        protocol, connection = connect()
        flood(protocol)
        protocol.conn.state, protocol.handshake_complete = State.OPEN, True
        await protocol.send({"type": "websocket.close", "code": 4008})

        assert connection.written == [b"\x88\x02\x0f\xa8"]
        assert not connection.aborted.is_set()
        await asyncio.wait_for(connection.aborted.wait(), 20)

    run(scenario)


def test_flood_after_the_close_leaves_the_client_time_to_read_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket_protocol, "FLOOD_LINGER_SECONDS", 0.01)

    async def scenario() -> None:
        protocol, connection = connect()
        protocol.conn.state, protocol.handshake_complete = State.OPEN, True
        await protocol.send({"type": "websocket.close", "code": 4008})
        protocol.queue.get_nowait()  # the application learns that the socket is closed
        receive_too_many(protocol)

        assert not connection.aborted.is_set()
        await asyncio.wait_for(connection.aborted.wait(), 20)

    run(scenario)


def test_connection_that_does_not_end_is_aborted() -> None:
    async def scenario() -> None:
        protocol, connection = connect()
        protocol.close_timeout = 0.01
        protocol._abort_later()
        await asyncio.wait_for(connection.aborted.wait(), 20)

    run(scenario)


def test_lost_connection_leaves_no_timer() -> None:
    async def scenario() -> None:
        protocol, _ = connect()
        protocol.pause_writing()
        protocol.frames = [b"x"]
        protocol._watch_fragments()
        timers: Any = protocol._stalled, protocol._unfinished
        protocol.connection_lost(None)
        assert [each.cancelled() for each in timers] == [True, True]

    run(scenario)


def test_message_in_fragments_that_ends_in_time_stops_the_timer() -> None:
    async def scenario() -> None:
        protocol, connection = connect()
        protocol.frames = [b"half"]
        protocol._watch_fragments()
        waiting: Any = protocol._unfinished

        protocol.frames = []
        protocol._watch_fragments()

        assert waiting.cancelled()
        assert protocol._unfinished is None
        assert not connection.aborted.is_set()

    run(scenario)
