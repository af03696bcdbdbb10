from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from live.close_codes import CloseCode
from live.handshake import has_token_in_query, refusal_messages


class UnknownPathConsumer(AsyncWebsocketConsumer):
    """Refuses sockets on unknown paths, for which channels' router would return a server error."""

    channel_layer_alias = ""

    async def connect(self) -> None:
        if has_token_in_query(self.scope):
            send: Any = self.base_send  # channels types each kind of message
            for message in refusal_messages(self.scope, CloseCode.NOT_VISIBLE):
                await send(message)
        else:
            await self.accept()
            await self.close(CloseCode.NOT_VISIBLE)
