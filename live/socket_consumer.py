"""The transport of one socket: accept, send without waiting, close."""

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

    It queues what it sends in a bounded outbox, which a task writes, so that a slow client delays
    nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_handshaking = False
        self._is_closing = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Serve one socket; wait for messages of its client only.

        Channels would run two more tasks for it, one of them for events, which the listener delivers.
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
            self._outbox.close()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler of an ASGI message directly; channels would use its one ORM thread."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_disconnect(self, message: Any) -> None:
        raise StopConsumer

    def _accept(self) -> None:
        """Accept the handshake, if that is not done yet."""
        if self._is_handshaking:
            self._is_handshaking = False
            protocol = accepted_subprotocol(self.scope)
            self._outbox.put({"type": "websocket.accept", "subprotocol": protocol})

    def push(self, frame: str) -> None:
        """Queue a frame. A client that falls too far behind is closed with 4008, and may resume."""
        if self._is_closing:
            return
        self._accept()
        if self._outbox.is_full:
            self._outbox.clear()
            self.close_soon(CloseCode.TOO_MUCH)
        else:
            self._outbox.put({"type": "websocket.send", "text": frame})

    def close_soon(self, code: CloseCode) -> None:
        """Close the socket after the queued frames, or refuse the handshake."""
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

    def _unregister(self) -> None:
        """Deregister from everything that sends to this socket. Called on closing, possibly twice."""
        self._is_closing = True
