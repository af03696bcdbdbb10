from channels.generic.websocket import AsyncWebsocketConsumer

from messaging.consumers.codes import CloseCode


class UnknownPathConsumer(AsyncWebsocketConsumer):
    """Close a socket on an unknown path; channels' router would answer with a server error."""

    channel_layer_alias = ""

    async def connect(self) -> None:
        await self.accept()
        await self.close(CloseCode.NOT_VISIBLE)
