"""The channel layer over Redis, made to outlive Redis."""

import asyncio
import uuid
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.utils import _wrap_close


class LocalQueue(asyncio.Queue[bytes]):
    """
    The events that wait for this process: at most `LIMIT`, the oldest dropped first.

    The library's queue has no bound, so a loop that stands still could fill the memory. What is
    dropped here is found again as a hole in the versions.
    """

    LIMIT = 10_000

    def put_nowait(self, item: bytes) -> None:
        if self.qsize() >= self.LIMIT:
            self.get_nowait()
        super().put_nowait(item)


class ResilientLoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]  # it has no types
    """A channel that exists without Redis: only groups are subscribed to."""

    async def new_channel(self, prefix: str = "specific.") -> str:
        channel = f"{self.prefix}{prefix}{uuid.uuid4().hex}"
        self.channels[channel] = LocalQueue()
        return channel

    async def receive(self, channel: str) -> Any:
        try:
            message = await self.channels[channel].get()
        except BaseException:
            self.channels.pop(channel, None)
            raise
        return self.channel_layer.deserialize(message)


class ResilientRedisChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]  # as above
    """
    Redis pub/sub in which sockets can be opened, and stay open, while Redis is away.

    `send()` to a single channel is not supported: nothing here uses it.
    """

    def _get_layer(self) -> ResilientLoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = ResilientLoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        layer: ResilientLoopLayer = self._layers[loop]
        return layer
