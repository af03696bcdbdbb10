from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class SocketProtocol(WebSocketsSansIOProtocol):
    """
    uvicorn's WebSocket protocol, except that a refused handshake logs no error.

    An HTTP response ends a refused handshake, but uvicorn would log "ASGI callable returned without
    completing handshake."
    """

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = True
