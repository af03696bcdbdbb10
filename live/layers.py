"""The channel layer over Redis, made to outlive Redis and to send several events at once."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from channels_redis.utils import _wrap_close

Message = dict[str, Any]


async def send_to_groups(layer: Any, messages: Sequence[tuple[str, Message]]) -> None:
    """
    Send each message to its group, in order; at once, where the layer can.

    Raises what the layer raises; some may have been sent then.
    """
    if hasattr(layer, "group_send_many"):
        await layer.group_send_many(messages)
    else:
        for group, message in messages:
            await layer.group_send(group, message)


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


class Shard(RedisSingleShardConnection):  # type: ignore[misc]  # it has no types
    """A connection to one Redis that publishes several events in one round trip."""

    async def publish_many(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publish to channels, in this order."""
        async with self._lock:
            self._ensure_redis()
            pipeline = self._redis.pipeline(transaction=False)
            for channel, message in messages:
                pipeline.publish(channel, message)
            await pipeline.execute()


class ResilientLoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]  # as above
    """A channel that exists without Redis: only groups are subscribed to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shards: list[Shard] = [Shard(each.host, self) for each in self._shards]

    async def group_send_many(self, messages: Sequence[tuple[str, Message]]) -> None:
        """Send each message to its group; those of one group arrive in order."""
        batches: dict[Shard, list[tuple[str, bytes]]] = defaultdict(list)
        for group, message in messages:
            channel = self._get_group_channel_name(group)
            shard = self._get_shard(channel)
            batches[shard].append((channel, self.channel_layer.serialize(message)))
        await asyncio.gather(*(shard.publish_many(batch) for shard, batch in batches.items()))

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
