"""The transport of sockets: accepting, sending without blocking, and closing."""

from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from live.close_codes import CloseCode
from live.handshake import accepted_subprotocol, refusal_messages
from live.outbox import Outbox


class SocketConsumer(AsyncWebsocketConsumer):
    """
    A consumer that never waits for its client.

    It puts messages into a bounded outbox, from which a task sends them, so a slow client delays nothing
    else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_handshaking = False
        self._is_closing = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Serve a socket: handle the messages of its client.

        The base class would run two more tasks per socket, one of them to receive events. Here the
        listener receives the events for all sockets.
        """
        self.scope, self.base_send = scope, send
        self._outbox = Outbox(send)
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            self._unregister()
            self._end()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """
        Call the handler of an ASGI message.

        The base class would first close old database connections, and wait for the single thread in which
        channels does that.
        """
        await getattr(self, get_handler_name(message))(message)

    async def websocket_disconnect(self, message: Any) -> None:
        raise StopConsumer

    def _accept(self) -> None:
        """Accept the handshake, if it is still open."""
        if self._is_handshaking:
            self._is_handshaking = False
            protocol = accepted_subprotocol(self.scope)
            self._outbox.put({"type": "websocket.accept", "subprotocol": protocol})

    def push(self, frame: str) -> None:
        """Queue a frame. If the client is too slow, close the socket with 4008; the client can resume."""
        if self._is_closing:
            return
        self._accept()
        if self._outbox.is_full:
            self._outbox.clear()
            self.close_soon(CloseCode.TOO_MUCH)
        else:
            self._outbox.put({"type": "websocket.send", "text": frame})

    def close_soon(self, code: CloseCode) -> None:
        """Refuse the handshake, or close the socket after sending the queued frames."""
        if self._is_closing:
            return
        messages = refusal_messages(self.scope, code) if self._is_handshaking else []
        if not messages:
            self._accept()
            messages = [{"type": "websocket.close", "code": int(code)}]
        self._is_handshaking = False
        self._unregister()
        for message in messages:
            self._outbox.put(message)

    def _end(self) -> None:
        """Free what the socket held until its client had received the close."""
        self._outbox.close()

    def _unregister(self) -> None:
        """Mark the socket as closing; subclasses also unregister it everywhere. May be called twice."""
        self._is_closing = True
