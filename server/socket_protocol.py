from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class SocketProtocol(WebSocketsSansIOProtocol):
    """
    uvicorn's own, in which a handshake that is refused with an HTTP response is complete.

    uvicorn would write an ERROR for each: "ASGI callable returned without completing handshake."
    """

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = True
