"""A Redis channel layer that survives outages of Redis, and sends several events at once."""

import asyncio
import binascii
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from channels.layers import BaseChannelLayer
from channels_redis.serializers import registry
from channels_redis.utils import decode_hosts

from live.shards import Shard

Message = dict[str, Any]


async def send_to_groups(layer: Any, messages: Sequence[tuple[str, Message]]) -> None:
    """
    Send each message to its group, in order, with one call if the layer supports that.

    Raise the layer's errors; some of the messages may have been sent by then.
    """
    if hasattr(layer, "group_send_many"):
        await layer.group_send_many(messages)
    else:
        for group, message in messages:
            await layer.group_send(group, message)


class LocalQueue(asyncio.Queue[bytes]):
    """
    A queue of at most `LIMIT` received events; a full queue drops the oldest event.

    Without a limit, a blocked event loop could exhaust the memory. If the dropped event announced a change
    in the database, sockets detect that by the version of a later event, or the reconciler detects it.
    """

    LIMIT = 10_000

    def put_nowait(self, item: bytes) -> None:
        if self.qsize() >= self.LIMIT:
            self.get_nowait()
        super().put_nowait(item)


class LoopState:
    """The channels, groups and connections of an event loop; loops cannot share them."""

    def __init__(self, hosts: Iterable[dict[str, Any]]) -> None:
        self.channels: dict[str, LocalQueue] = {}
        self.groups: defaultdict[str, set[str]] = defaultdict(set)
        self._shards = [Shard(host, self.deliver) for host in hosts]

    def shard_of(self, name: str) -> Shard:
        """Return the Redis server of a group. All processes, and channels_redis, choose the same one."""
        slot = binascii.crc32(name.encode()) & 0xFFF
        return self._shards[slot * len(self._shards) // 4096]

    def deliver(self, name: str, data: bytes) -> None:
        """Queue an event for each of this event loop's channels that is in the group `name`."""
        for channel in self.groups.get(name, ()):
            if channel in self.channels:
                self.channels[channel].put_nowait(data)


class ResilientRedisChannelLayer(BaseChannelLayer):
    """
    A pub/sub layer with which sockets can open, and stay open, while Redis is unavailable.

    It takes the options of the pub/sub layer of channels_redis, except `on_disconnect` and `on_reconnect`.
    It interoperates with processes that use that layer. Channels exist only in memory, and Redis knows
    only groups, so `send()` to a channel is not supported.
    """

    extensions = ("groups",)

    def __init__(
        self,
        hosts: Sequence[Any] | None = None,
        prefix: str = "asgi",
        symmetric_encryption_keys: Sequence[str] | None = None,
        serializer_format: str = "msgpack",
    ) -> None:
        super().__init__()
        self._hosts, self._prefix = decode_hosts(hosts), prefix
        keys = {"symmetric_encryption_keys": symmetric_encryption_keys}
        self._serializer = registry.get_serializer(serializer_format, **keys)
        self._states: dict[asyncio.AbstractEventLoop, LoopState] = {}

    async def new_channel(self, prefix: str = "specific.") -> str:
        """Return the name of a new channel, which exists until its `receive` is cancelled."""
        channel = f"{self._prefix}{prefix}{uuid.uuid4().hex}"
        self._state().channels[channel] = LocalQueue()
        return channel

    async def receive(self, channel: str) -> Message:
        """Wait for the next event of a channel, and return it. Cancelling this removes the channel."""
        channels = self._state().channels
        try:
            data = await channels[channel].get()
        except BaseException:
            channels.pop(channel, None)
            raise
        message: Message = self._serializer.deserialize(data)
        return message

    async def group_add(self, group: str, channel: str) -> None:
        """Subscribe a channel of this process to a group; raise RedisError or OSError if that fails."""
        state, name = self._state(), self._name_of(group)
        state.groups[name].add(channel)
        try:
            await state.shard_of(name).subscribe(name)
        except BaseException:
            self._forget(name, channel)
            raise

    async def group_discard(self, group: str, channel: str) -> None:
        """Unsubscribe a channel, which gets no more events even if this raises RedisError or OSError."""
        name = self._name_of(group)
        if self._forget(name, channel):
            await self._state().shard_of(name).unsubscribe(name)

    async def group_send(self, group: str, message: Message) -> None:
        """Send one message to a group; raise RedisError or OSError if that fails."""
        await self.group_send_many([(group, message)])

    async def group_send_many(self, messages: Sequence[tuple[str, Message]]) -> None:
        """
        Send each message to its group, in order within each group.

        This takes one round trip per Redis server. Raise RedisError or OSError if one of them fails.
        """
        state = self._state()
        batches: dict[Shard, list[tuple[str, bytes]]] = defaultdict(list)
        for group, message in messages:
            name = self._name_of(group)
            batches[state.shard_of(name)].append((name, self._serializer.serialize(message)))
        publishing = [shard.publish(batch) for shard, batch in batches.items()]
        # With one Redis, a task would cost more than the call.
        await (asyncio.gather(*publishing) if len(publishing) > 1 else publishing[0])

    def _forget(self, name: str, channel: str) -> bool:
        """Remove a channel from a group; return whether it was the last one in the group."""
        groups = self._state().groups
        if channel not in groups.get(name, ()):
            return False
        groups[name].discard(channel)
        if groups[name]:
            return False
        del groups[name]
        return True

    def _name_of(self, group: str) -> str:
        """Return the name of a group's channel in Redis, the same as in channels_redis."""
        return f"{self._prefix}__group__{group}"

    def _state(self) -> LoopState:
        loop = asyncio.get_running_loop()
        if loop not in self._states:
            open_ones = {
                each: state for each, state in self._states.items() if not each.is_closed()
            }
            self._states = {**open_ones, loop: LoopState(self._hosts)}
        return self._states[loop]
