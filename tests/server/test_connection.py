"""Connections whose clients do not read, or send requests before they have a response."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from server.connection import MAX_HEADERS, LimitedConnection
from server.unread_data import UnreadWatch
from tests.live.client import run, settle

pytestmark = pytest.mark.without_servers

App = Callable[[Any, Any, Any], Awaitable[None]]
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
LAST = REQUEST + b"Connection: close\r\n\r\n"
FORM = b"POST /api/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50000\r\n\r\n"
UNSENT = 1000


class Connection(asyncio.Transport):
    """A connection whose client reads nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = asyncio.Event()
        self.written = b""
        self.is_closed = self.is_paused = False
        self.unsent = UNSENT

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        """Wait for the client, which reads nothing."""
        self.is_closed = True

    def abort(self) -> None:
        self.aborted.set()

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


class Answers:
    """An application that answers once it is allowed to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await self.may_answer.wait()
        head = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"OK"})


def connect() -> tuple[LimitedConnection, Connection, Answers]:
    app = Answers()
    config = Config(app, log_config=None)
    config.load()
    protocol = LimitedConnection(config, ServerState(), {}, asyncio.get_running_loop())
    connection = Connection()
    protocol.connection_made(connection)
    return protocol, connection, app


async def lose(protocol: LimitedConnection) -> None:
    """Lose the connection, and let its running request end."""
    protocol.connection_lost(None)
    await settle()


# Clients that read nothing
# ------------------------------------------------------------------------------
def test_response_that_is_not_read_ends_the_connection(settings: Any) -> None:
    settings.SOCKET_STALL_SECONDS = 0.01

    async def scenario() -> None:
        protocol, connection, _ = connect()
        protocol.pause_writing()
        protocol.timeout_keep_alive_handler()
        await asyncio.wait_for(connection.aborted.wait(), 20)
        await lose(protocol)

    run(scenario)


def test_response_that_is_read_in_time_does_not_end_the_connection() -> None:
    async def scenario() -> None:
        protocol, _, _ = connect()
        protocol.pause_writing()
        timer: Any = protocol._unread._timer
        protocol.resume_writing()

        assert timer.cancelled()
        assert not protocol.flow.write_paused
        await lose(protocol)

    run(scenario)


def test_client_that_reads_slowly_is_not_aborted(settings: Any) -> None:
    settings.SOCKET_STALL_SECONDS = 0.01

    class Slow(Connection):
        def get_write_buffer_size(self) -> int:
            self.unsent = max(100, self.unsent - 100)
            return self.unsent

    async def scenario() -> None:
        connection = Slow()
        UnreadWatch(connection).start()
        await asyncio.wait_for(connection.aborted.wait(), 20)

        assert connection.unsent == 100

    run(scenario)


def close_by_keep_alive(protocol: LimitedConnection) -> None:
    protocol.timeout_keep_alive_handler()


def close_by_request(protocol: LimitedConnection) -> None:
    protocol.data_received(LAST)


def close_by_malformed_request(protocol: LimitedConnection) -> None:
    protocol.data_received(b"\x00\r\n\r\n")


@pytest.mark.parametrize(
    "close", [close_by_keep_alive, close_by_request, close_by_malformed_request]
)
def test_close_that_waits_for_the_client_ends(
    settings: Any, close: Callable[[LimitedConnection], None]
) -> None:
    settings.SOCKET_STALL_SECONDS = 0.01

    async def scenario() -> None:
        protocol, connection, app = connect()
        app.may_answer.set()
        close(protocol)
        await asyncio.wait_for(connection.aborted.wait(), 20)

        assert connection.is_closed
        await lose(protocol)

    run(scenario)


# Requests that wait
# ------------------------------------------------------------------------------
def test_nothing_is_read_while_a_request_waits_for_another() -> None:
    async def scenario() -> None:
        protocol, connection, app = connect()
        protocol.data_received((REQUEST + b"\r\n") * 3)
        await settle()
        assert connection.is_paused

        app.may_answer.set()
        await settle()

        assert not connection.is_paused
        assert connection.written.count(b"200 OK") == 3
        await lose(protocol)

    run(scenario)


def test_requests_with_many_headers_do_not_wait_for_another() -> None:
    request = REQUEST + b"a:\r\n" * 99 + b"\r\n"
    fitting = MAX_HEADERS // 100

    async def scenario() -> None:
        protocol, connection, _ = connect()
        protocol.data_received(request * (1 + fitting))
        assert not connection.is_closed

        protocol.data_received(request)

        assert connection.is_closed
        assert b"400 Bad Request" in connection.written
        await lose(protocol)

    run(scenario)


@pytest.mark.parametrize("is_complete", [True, False])
def test_request_with_too_many_headers_is_refused(is_complete: bool) -> None:
    async def scenario() -> None:
        protocol, connection, _ = connect()
        protocol.data_received(REQUEST + b"a:\r\n" * (MAX_HEADERS + 1) + b"\r\n" * is_complete)

        assert connection.is_closed
        assert b"431" in connection.written
        await lose(protocol)

    run(scenario)


@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
def test_request_with_too_large_a_head_is_refused(end: bytes) -> None:
    async def scenario() -> None:
        protocol, connection, _ = connect()
        protocol.data_received(REQUEST + b"X: " + b"a" * 40_000 + end)

        assert connection.is_closed
        assert b"431" in connection.written
        await lose(protocol)

    run(scenario)


@pytest.mark.parametrize("begun", [b"", REQUEST])
def test_end_of_a_body_after_the_response_counts_for_no_head(begun: bytes) -> None:
    """A form without a token is answered before its body has arrived."""

    async def scenario() -> None:
        protocol, connection, app = connect()
        app.may_answer.set()
        protocol.data_received(FORM + b"x")
        await settle()
        assert b"200 OK" in connection.written

        protocol.data_received(b"x" * 49_999 + begun)
        protocol.data_received((REQUEST if not begun else b"") + b"\r\n")
        await settle()

        assert (connection.written.count(b"200 OK"), connection.is_closed) == (2, False)
        await lose(protocol)

    run(scenario)


def test_lost_connection_frees_its_waiting_requests_at_once() -> None:
    async def scenario() -> None:
        protocol, _, _ = connect()
        protocol.data_received((REQUEST + b"\r\n") * 3)
        pipeline: Any = protocol.pipeline
        waiting = [weakref.ref(cycle) for cycle, _ in pipeline]
        gc.disable()
        try:
            await lose(protocol)
            del protocol, pipeline

            assert [each() for each in waiting] == [None, None]
        finally:
            gc.enable()

    run(scenario)
