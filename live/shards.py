"""A Redis server of the channel layer. Its subscriptions are restored after an outage."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from channels_redis.utils import create_pool
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from api.outages import Outage

AWAY = (RedisError, OSError)


class Shard:
    """
    Two connections to a Redis server, on one event loop; `host` is an entry of the layer's `hosts`.

    `deliver` is called with the channel and content of each message. After an outage the subscriptions
    are restored.
    """

    # The first delay between attempts to reconnect. It doubles after each attempt that fails, up to
    # RETRY_SECONDS_AT_MOST.
    RETRY_SECONDS = 0.1
    RETRY_SECONDS_AT_MOST = 1.0
    # A connection can break silently, as in a failover. After this time without data, a ping is sent. After
    # the same time without a response, the connection is considered broken.
    SILENCE_SECONDS = 20.0

    def __init__(self, host: dict[str, Any], deliver: Callable[[str, bytes], None]) -> None:
        self._redis = Redis(connection_pool=create_pool(host))
        self._deliver = deliver
        self._publishing = asyncio.Lock()
        self._subscribing = asyncio.Lock()
        self._channels: set[str] = set()
        self._outage = Outage("Redis")
        self._pubsub: PubSub | None = None
        self._reading: asyncio.Task[None] | None = None

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """
        Publish each message to its channel, in order, with one round trip.

        Raise RedisError or OSError if that fails.
        """
        async with self._publishing:
            pipeline = self._redis.pipeline(transaction=False)
            for channel, message in messages:
                pipeline.publish(channel, message)
            await pipeline.execute()  # puts the connection back into the pool, even after an error

    async def subscribe(self, channel: str) -> None:
        """Deliver messages of a channel from now on; raise RedisError or OSError if subscribing fails."""
        async with self._subscribing:
            if channel in self._channels:
                return
            pubsub = await self._connect()
            await pubsub.subscribe(channel)
            self._channels.add(channel)
            self._ensure_reading()

    async def unsubscribe(self, channel: str) -> None:
        """
        Stop delivering messages of a channel.

        Raise RedisError or OSError if Redis is unavailable. Even then, the channel is not subscribed
        again after the outage.
        """
        async with self._subscribing:
            self._channels.discard(channel)
            if self._pubsub:
                await self._pubsub.unsubscribe(channel)

    async def _connect(self) -> PubSub:
        """Return the connection for subscriptions; if there is none, open one subscribed to `_channels`."""
        if self._pubsub is None:
            pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            if self._channels:
                await pubsub.subscribe(*self._channels)
            self._pubsub = pubsub
        return self._pubsub

    async def _disconnect(self) -> None:
        async with self._subscribing:
            pubsub, self._pubsub = self._pubsub, None
            if pubsub:
                with suppress(*AWAY):
                    await pubsub.aclose()  # type: ignore[no-untyped-call]  # untyped in redis-py

    def _ensure_reading(self) -> None:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """Deliver messages while there are subscriptions; reconnect after a failure."""
        pause = self.RETRY_SECONDS
        while self._channels:
            try:
                async with self._subscribing:
                    pubsub = await self._connect()
                pause = self.RETRY_SECONDS
                self._outage.end()
                await self._deliver_from(pubsub)
            except AWAY as error:
                self._outage.report(error, ", trying again")
                await self._disconnect()
                await asyncio.sleep(pause)
                pause = min(2 * pause, self.RETRY_SECONDS_AT_MOST)

    async def _deliver_from(self, pubsub: PubSub) -> None:
        """
        Deliver messages until there are no subscriptions.

        Raise RedisError or OSError if Redis is unavailable.
        """
        loop = asyncio.get_running_loop()
        is_pinged = False
        while pubsub.subscribed:
            start = loop.time()
            message = await pubsub.get_message(timeout=self.SILENCE_SECONDS)
            if message is not None or loop.time() < start + self.SILENCE_SECONDS:
                is_pinged = False
                if message is not None and message["type"] == "message":
                    self._deliver(message["channel"].decode(), message["data"])
            # Python 3.11 does not trace what a coroutine does between a time-out and its next await.
            elif is_pinged:  # pragma: no cover - see above
                raise RedisConnectionError("The subscription does not respond.")
            else:  # pragma: no cover - see above
                await pubsub.ping()
                is_pinged = True
