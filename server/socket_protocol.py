"""uvicorn's WebSocket protocol, with limits that it lacks."""

import asyncio
from typing import Any

from django.conf import settings
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

SLICE_BYTES = 4096
# Far above what the limits on frames of the application allow. It closes the socket with 4008.
BURST_FRAMES = 2 * settings.SOCKET_TYPING_FRAME_BURST
FRAMES_PER_SECOND = 2 * settings.SOCKET_TYPING_FRAMES_PER_SECOND
# A message in fragments may be larger than a frame, so that the application can refuse it with 4009.
MAX_FRAGMENTS_BYTES = 16 * settings.SOCKET_MAX_FRAME_BYTES
# The time in which the client of a flood can read the close frame.
FLOOD_LINGER_SECONDS = 1.0


class SocketProtocol(WebSocketsSansIOProtocol):
    """
    Aborts a connection that costs more than a client's can.

    uvicorn counts neither control frames nor fragments, keeps fragments and pongs without a limit, and
    waits forever for a client that does not read. Such a connection is aborted: unsent data is dropped.
    Only if messages wait for the application, which then closes the socket, or once the socket is closed,
    all further data of a flood is discarded, and the connection is aborted later: an abort at once would
    also drop a close frame that the client has not read yet.

    A handshake that is refused with an HTTP response logs no error. uvicorn does not regard such a response
    as the end of the handshake, and would log "ASGI callable returned without completing handshake."
    """

    _stalled: asyncio.TimerHandle | None = None
    _unfinished: asyncio.TimerHandle | None = None
    _flooded: asyncio.TimerHandle | None = None
    _frames_left = float(BURST_FRAMES)
    _counted_at = 0.0

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = True
        if self.close_timer:
            self._abort_later()
        if self._flooded and message["type"] == "websocket.close":
            self._end_flood(FLOOD_LINGER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for timer in (self._stalled, self._unfinished, self._flooded):
            if timer:
                timer.cancel()

    # Frames
    # --------------------------------------------------------------------------
    def data_received(self, data: bytes) -> None:
        """Parse data in slices, so that a flood is noticed before all its frames are parsed."""
        for start in range(0, len(data), SLICE_BYTES):
            if self._flooded or self.transport.is_closing():
                return
            super().data_received(data[start : start + SLICE_BYTES])

    def handle_events(self) -> None:
        events = self.conn.events_received()
        self._take(sum(isinstance(event, Frame) for event in events))
        if self._frames_left < 0:
            if self.close_sent:
                self._end_flood(FLOOD_LINGER_SECONDS)
            elif self.queue.empty():
                self.transport.abort()
            else:
                self._end_flood(self.close_timeout)
            return
        self.conn.events += events
        super().handle_events()
        self._watch_fragments()

    def send_receive_event_to_app(self) -> None:
        """Close a socket that sends invalid UTF-8 with 1007; uvicorn would also log a traceback."""
        is_text = self.curr_msg_data_type == "text" and not self.close_sent
        if is_text and not _is_utf8(b"".join(self.frames)):
            self.frames = []
            self.conn.send_close(CloseCode.INVALID_DATA)
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    def _take(self, frames: int) -> None:
        now = self.loop.time()
        refill = (now - self._counted_at) * FRAMES_PER_SECOND if self._counted_at else 0.0
        self._frames_left = min(BURST_FRAMES, self._frames_left + refill) - frames
        self._counted_at = now

    def _end_flood(self, seconds: float) -> None:
        """Discard all further data, and abort the connection after `seconds`."""
        if self._flooded:
            self._flooded.cancel()
        self._flooded = self.loop.call_later(seconds, self.transport.abort)

    def _watch_fragments(self) -> None:
        """Abort a message in fragments that is too large, or not ended in time."""
        if sum(map(len, self.frames)) > MAX_FRAGMENTS_BYTES:
            self.transport.abort()
        elif self.frames and self._unfinished is None:
            seconds = settings.REQUEST_BODY_SECONDS
            self._unfinished = self.loop.call_later(seconds, self.transport.abort)
        elif not self.frames and self._unfinished:
            self._unfinished.cancel()
            self._unfinished = None

    # Clients that do not read
    # --------------------------------------------------------------------------
    def pause_writing(self) -> None:
        """Abort the connection unless the client reads again within `SOCKET_STALL_SECONDS`."""
        super().pause_writing()
        seconds = settings.SOCKET_STALL_SECONDS
        self._stalled = self._stalled or self.loop.call_later(seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def handle_ping(self) -> None:
        """Answer a ping, unless earlier answers are still unread: a pong may be left out."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._abort_later()

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._abort_later()

    def _abort_later(self) -> None:
        """Abort the connection after `close_timeout`, because a close waits until all data was read."""
        if self.close_timer:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
