from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class SocketProtocol(WebSocketsSansIOProtocol):
    """
    uvicorn's WebSocket protocol, except that a handshake refused with an HTTP response logs no error.

    uvicorn does not regard such a response as the end of the handshake, and would log "ASGI callable
    returned without completing handshake."
    """

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = True
