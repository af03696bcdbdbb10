"""Connections that may not stay half-open: limits on the head of a request, and on its arrival."""

import asyncio
from enum import Enum
from typing import Any

import orjson
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_BODY = orjson.dumps(
    {"detail": "The headers of the request are too large.", "code": "request_too_large"}
)
HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(_BODY), _BODY)
)


class HeadTooLarge(Exception):
    """The headers have more than `MAX_HEAD_BYTES`."""


class Awaited(Enum):
    """What a client still owes us of a request that it has begun."""

    HEAD = "head"
    BODY = "body"
    NOTHING = "nothing"


class LimitedConnection(HttpToolsProtocol):
    """
    uvicorn's own, with what its parser has no limits for.

    A client that sends half a request, or half of a socket's handshake, and no more costs a file
    descriptor: a thousand of them would shut out everybody else, so each is closed after a while. A
    request that arrives in one piece costs no timer.
    """

    _awaits = Awaited.HEAD
    _timed = Awaited.NOTHING
    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _is_head_too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as theirs
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._awaits = Awaited.NOTHING
        self._watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._awaits is Awaited.NOTHING and self._is_idle():
            self._awaits = (
                Awaited.HEAD
            )  # empty lines, which begin no request and end the keep-alive
        if self._awaits is Awaited.HEAD:
            self._head_bytes += len(data)
            if self._head_bytes > settings.MAX_HEAD_BYTES:
                self._is_head_too_large = True
                self.send_400_response("")
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed, and close; a head that is too large is 431."""
        self._awaits = Awaited.NOTHING
        if self._is_head_too_large:
            self.transport.write(HEAD_TOO_LARGE)
            self.transport.close()
        else:
            super().send_400_response(msg)

    # What the parser finds
    # --------------------------------------------------------------------------
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._awaits, self._head_bytes = Awaited.HEAD, 0

    def on_headers_complete(self) -> None:
        # Each header is also a colon, a space and the end of a line.
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > settings.MAX_HEAD_BYTES:
            self._is_head_too_large = True
            raise HeadTooLarge  # the parser stops, and send_400_response() follows
        self._awaits = Awaited.NOTHING if self.parser.should_upgrade() else Awaited.BODY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._awaits = Awaited.NOTHING
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """
        Hand over to the socket's protocol, and refuse what its own parser does not take.

        That has limits of its own, of 128 headers and 8 KiB for each, and knows GET alone. What it
        does not take it would leave open and unanswered for ever.
        """
        super().handle_websocket_upgrade()
        sockets_own: Any = self.transport.get_protocol()
        if not sockets_own.handshake_initiated:
            self.send_400_response("This is no handshake of a socket.")

    # Patience
    # --------------------------------------------------------------------------
    def _is_idle(self) -> bool:
        cycle: Any = self.cycle  # None before the first request
        is_answered = bool(cycle and cycle.response_complete)
        return is_answered and self.timeout_keep_alive_task is None

    def _watch(self) -> None:
        """Have one timer for what is awaited now, and none when nothing is."""
        if self._awaits is self._timed:
            return
        if self._timer:
            self._timer.cancel()
        self._timed, self._timer = self._awaits, None
        if self._awaits is not Awaited.NOTHING:
            is_head = self._awaits is Awaited.HEAD
            seconds = settings.REQUEST_HEAD_SECONDS if is_head else settings.REQUEST_BODY_SECONDS
            self._timer = self.loop.call_later(seconds, self.transport.close)
