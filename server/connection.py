"""Limits on the head of a request, and on the time for sending a request and for reading its response."""

import asyncio
from collections.abc import Collection
from enum import Enum
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.error_body import MALFORMED
from server.coalescing_transport import CoalescingTransport
from server.disconnects import is_closed_by_peer
from server.responses import encode_http, refuse
from server.unread_data import UnreadWatch

# Requests of one connection that wait for earlier responses. Browsers send none before a response.
MAX_PIPELINED = 64
# Headers of one request, and of all waiting requests together. A header of 4 bytes takes 130 in memory.
MAX_HEADERS = 1000


HEAD_TOO_LARGE = _("The headers of the request are too large.")


class TooManyRequests(Exception):
    """More than `MAX_PIPELINED` requests of a connection wait, or these have more than `MAX_HEADERS`."""


class HeadTooLarge(Exception):
    """The request line and headers exceed `MAX_HEAD_BYTES`, or there are more than `MAX_HEADERS`."""


class Awaited(Enum):
    """The part of a request that the client has yet to send."""

    HEAD = "head"
    BODY = "body"
    NOTHING = "nothing"


class PipelineFlow(FlowControl):
    """Reads nothing from a connection while one of its requests waits for the response to another."""

    def __init__(self, transport: asyncio.Transport, waiting: Collection[Any]) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        if not self._waiting:
            super().resume_reading()


class LimitedConnection(HttpToolsProtocol):
    """
    uvicorn's HTTP protocol, with limits that its parser lacks.

    A client that sends only half of a request or of a WebSocket handshake occupies a file descriptor.
    Many such clients would exhaust the process's limit, so their connections are closed after a
    time-out. On a connection that is kept open, a request that arrives in one piece starts no timer.
    A connection is aborted if its client reads nothing of a response for `SOCKET_STALL_SECONDS`.
    """

    _awaits = Awaited.HEAD
    _timed = Awaited.NOTHING
    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _is_head_too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        self._connection = transport
        self._unread = UnreadWatch(transport)
        super().connection_made(CoalescingTransport(transport))
        self.flow = PipelineFlow(self.transport, self.pipeline)
        self._update_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Break the reference cycles with waiting requests, so that they are freed at once."""
        self._awaits = Awaited.NOTHING
        self._update_timer()
        self._unread.stop()
        super().connection_lost(exc)
        self.pipeline.clear()
        self.cycle = None  # type: ignore[assignment]  # as before the first request

    def data_received(self, data: bytes) -> None:
        had_body = self._awaits is Awaited.BODY
        super().data_received(data)
        if self._awaits is Awaited.NOTHING and self._is_idle():
            # Blank lines stop the keep-alive timer, but do not begin a request.
            self._awaits = Awaited.HEAD
        # The end of a body counts for no head, even if the next request begins behind it.
        if self._awaits is Awaited.HEAD and not had_body:
            self._head_bytes += len(data)
            if self._head_bytes > settings.MAX_HEAD_BYTES:
                self._is_head_too_large = True
                self.send_400_response("")
        self._update_timer()

    def send_400_response(self, msg: str) -> None:
        """
        Return 400 for a malformed request, or 431 if its head is too large; close the connection.

        The response has CORS headers if the origin and the path have been parsed.
        """
        self._awaits = Awaited.NOTHING
        if self._is_head_too_large:
            error = (431, HEAD_TOO_LARGE, "request_too_large")
        else:
            error = (400, MALFORMED, "bad_request")
        answer = refuse(
            *error,
            (b"connection", b"close"),
            path=getattr(self, "url", b"").partition(b"?")[0].decode("latin-1"),
            request_headers=self.headers or (),
        )
        self.transport.write(encode_http(answer))
        self._close()

    # Callbacks of the parser
    # --------------------------------------------------------------------------
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["has_left"] = self._has_left  # type: ignore[typeddict-unknown-key]  # our own
        self._awaits, self._head_bytes = Awaited.HEAD, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= MAX_HEADERS:
            self._is_head_too_large = True
            raise HeadTooLarge  # as in on_headers_complete()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        # Each header has 4 more bytes: colon, space, CR and LF.
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > settings.MAX_HEAD_BYTES:
            self._is_head_too_large = True
            raise HeadTooLarge  # the parser stops, and send_400_response() follows
        self._awaits = Awaited.NOTHING if self.parser.should_upgrade() else Awaited.BODY
        super().on_headers_complete()
        if self.pipeline and self._too_many_wait():
            raise TooManyRequests  # the parser stops, and send_400_response() follows

    def _too_many_wait(self) -> bool:
        waiting: Any = self.pipeline
        headers = sum(len(cycle.scope["headers"]) for cycle, _ in waiting)
        return headers > MAX_HEADERS or len(self.pipeline) > MAX_PIPELINED

    def on_message_complete(self) -> None:
        self._awaits = Awaited.NOTHING
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Start the next request, or read on if none waits. Watch the connection if it is closing."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._unread.start()
        else:
            self.flow.resume_reading()

    def handle_websocket_upgrade(self) -> None:
        """
        Pass the connection to the WebSocket protocol; return 400 if its parser rejects the handshake.

        That parser accepts only GET, at most 128 headers and 8 KiB per header. It would leave the
        connection of any other handshake open and unanswered forever.
        """
        self._unread.stop()
        self.transport = self._connection
        super().handle_websocket_upgrade()
        socket_protocol: Any = self.transport.get_protocol()
        if not socket_protocol.handshake_initiated:
            self.send_400_response("Not a WebSocket handshake.")

    # Disconnects
    # --------------------------------------------------------------------------
    def _has_left(self) -> bool:
        """
        Return whether the client has closed the connection, even if nothing is read from it.

        If so, abort the connection, and let uvicorn expect no response.
        """
        has_left = self.transport.is_closing() or is_closed_by_peer(self.transport)
        if has_left:
            self.cycle.disconnected = True
            self.transport.abort()
        return has_left

    # Time-outs
    # --------------------------------------------------------------------------
    def _is_idle(self) -> bool:
        cycle: Any = self.cycle  # None before the first request
        is_answered = bool(cycle and cycle.response_complete)
        return is_answered and self.timeout_keep_alive_task is None

    def _update_timer(self) -> None:
        """Start the timer for the awaited part of a request; cancel it if nothing is awaited."""
        if self._awaits is self._timed:
            return
        if self._timer:
            self._timer.cancel()
        self._timed, self._timer = self._awaits, None
        if self._awaits is not Awaited.NOTHING:
            is_head = self._awaits is Awaited.HEAD
            seconds = settings.REQUEST_HEAD_SECONDS if is_head else settings.REQUEST_BODY_SECONDS
            self._timer = self.loop.call_later(seconds, self._close)

    def timeout_keep_alive_handler(self) -> None:
        self._close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread.start()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread.stop()

    def _close(self) -> None:
        """Close the connection after its client has read the response; abort it if the client does not."""
        self.transport.close()
        self._unread.start()
