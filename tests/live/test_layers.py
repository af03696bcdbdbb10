"""The channel layer on real Redis servers that restart, stay down or become silent."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.exceptions import RedisError

from live import layers
from live.layers import ResilientRedisChannelLayer
from live.shards import Shard
from tests.backends import Redis
from tests.live.freezer import Freezer

GROUPS = [f"user.{number}" for number in range(20)]


@pytest.fixture(scope="module")
def two() -> Iterator[list[Redis]]:
    with Redis(own=True) as first, Redis(own=True) as second:
        yield [first, second]


@pytest.fixture
def redis(two: list[Redis]) -> Redis:
    """A running server, which is started again if an earlier test has stopped it."""
    two[0].start()
    return two[0]


def make_layer(*servers: Redis, **options: Any) -> ResilientRedisChannelLayer:
    return ResilientRedisChannelLayer(hosts=list_hosts(*servers), **options)


def list_hosts(*servers: Redis) -> list[dict[str, Any]]:
    # Longer than in production, because a machine that is busy with other tests may need seconds.
    limits = {"socket_timeout": None, "socket_connect_timeout": 10}
    return [{"address": server.url, **limits} for server in servers]


async def join(layer: Any, *groups: str) -> str:
    """Open a channel, and return it once it is subscribed to the groups."""
    channel: str = await layer.new_channel()
    for group in groups:
        await layer.group_add(group, channel)
    await asyncio.sleep(0.2)
    return channel


async def receive(layer: Any, channel: str, count: int = 1) -> list[Any]:
    async with asyncio.timeout(10):
        return [(await layer.receive(channel))["number"] for _ in range(count)]


async def send(layer: Any, *numbers: int, group: str = "user.1") -> None:
    for number in numbers:
        await layer.group_send(group, {"type": "event", "number": number})


@asynccontextmanager
async def probing(layer: Any, group: str = "user.1") -> AsyncIterator[None]:
    """Send numbers to a group repeatedly during the block, even while Redis is down."""

    async def probe() -> None:
        while True:
            with suppress(RedisError, OSError):
                await send(layer, 7, group=group)
            await asyncio.sleep(0.05)

    task = asyncio.create_task(probe())
    try:
        yield
    finally:
        task.cancel()


# Events
# ------------------------------------------------------------------------------
def test_events_reach_each_channel_of_their_group_in_order(redis: Redis) -> None:
    async def story() -> list[list[int]]:
        layer = make_layer(redis)
        both, one = await join(layer, "user.1", "user.2"), await join(layer, "user.2")
        await send(layer, 1, 2, 3, group="user.1")
        await send(layer, 4, 5, group="user.2")
        return [await receive(layer, both, 5), await receive(layer, one, 2)]

    assert asyncio.run(story()) == [[1, 2, 3, 4, 5], [4, 5]]


def test_left_group_delivers_nothing_and_can_be_joined_again(redis: Redis) -> None:
    async def story() -> list[int]:
        layer = make_layer(redis)
        channel = await join(layer, "user.1", "user.2")
        await layer.group_discard("user.1", channel)
        await layer.group_discard("user.1", channel)  # does nothing the second time
        await send(layer, 1, group="user.1")
        await send(layer, 2, group="user.2")
        await layer.group_discard("user.2", channel)
        await asyncio.sleep(0.2)  # now there are no subscriptions
        await layer.group_add("user.1", channel)
        await asyncio.sleep(0.2)
        await send(layer, 3, group="user.1")
        return await receive(layer, channel, 2)

    assert asyncio.run(story()) == [2, 3]


def test_channel_leaving_a_group_does_not_affect_other_channels(redis: Redis) -> None:
    async def story() -> list[int]:
        layer = make_layer(redis)
        stays, leaves = await join(layer, "user.1"), await join(layer, "user.1")
        await layer.group_discard("user.1", leaves)
        await send(layer, 1)
        return await receive(layer, stays)

    assert asyncio.run(story()) == [1]


def test_oldest_events_are_dropped_past_the_limit(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers.LocalQueue, "LIMIT", 3)

    async def story() -> list[int]:
        layer = make_layer(redis)
        slow, quick = await join(layer, "user.1"), await join(layer, "user.1")
        for number in range(5):
            await send(layer, number)
            await receive(layer, quick)
        return await receive(layer, slow, 3)

    assert asyncio.run(story()) == [2, 3, 4]


def test_channel_is_removed_with_its_receiver(redis: Redis) -> None:
    async def story() -> None:
        layer = make_layer(redis)
        channel = await join(layer, "user.1")
        receiver = asyncio.create_task(layer.receive(channel))
        await asyncio.sleep(0)
        receiver.cancel()
        await asyncio.wait([receiver])
        await send(layer, 1)  # its channel no longer exists
        with pytest.raises(KeyError):
            await layer.receive(channel)

    asyncio.run(story())


def test_layer_can_be_used_in_successive_event_loops(redis: Redis) -> None:
    layer = make_layer(redis)

    async def story() -> list[int]:
        channel = await join(layer, "user.1")
        await send(layer, 1)
        return await receive(layer, channel)

    assert [asyncio.run(story()) for _ in range(3)] == [[1]] * 3


def test_single_channel_cannot_be_sent_to(redis: Redis) -> None:
    layer = make_layer(redis)

    with pytest.raises(NotImplementedError):
        asyncio.run(layer.send("channel", {"type": "event"}))


# Compatibility with channels_redis, for processes of an older version
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("options", [{}, {"prefix": "x"}, {"symmetric_encryption_keys": ["key"]}])
def test_layer_is_compatible_with_channels_redis(
    redis: Redis, two: list[Redis], options: dict[str, Any]
) -> None:
    async def story() -> list[list[int]]:
        ours = make_layer(*two, **options)
        theirs = RedisPubSubChannelLayer(hosts=list_hosts(*two), **options)
        both = ((ours, theirs), (theirs, ours))
        received = []
        for sender, receiver in both:
            channel = await join(receiver, *GROUPS)
            for number, group in enumerate(GROUPS):
                await send(sender, number, group=group)
            received.append(sorted(await receive(receiver, channel, len(GROUPS))))
        return received

    assert asyncio.run(story()) == [list(range(len(GROUPS)))] * 2


def test_encrypted_events_cannot_be_read_with_another_key(redis: Redis) -> None:
    async def story() -> None:
        sender = make_layer(redis, symmetric_encryption_keys=["one"])
        receiver = make_layer(redis, symmetric_encryption_keys=["two"])
        channel = await join(receiver, "user.1")
        await send(sender, 1)
        with pytest.raises(Exception, match=r"^$") as raised:
            await receive(receiver, channel)
        assert type(raised.value).__name__ == "InvalidToken"

    asyncio.run(story())


# Redis unavailable
# ------------------------------------------------------------------------------
def test_groups_are_joined_again_after_a_redis_restart(redis: Redis) -> None:
    async def story() -> list[int]:
        layer = make_layer(redis)
        channel = await join(layer, "user.1")
        redis.kill()
        await asyncio.sleep(0.5)
        redis.start()
        async with probing(layer):
            return await receive(layer, channel)

    assert asyncio.run(story()) == [7]


def test_joining_fails_while_redis_is_down_and_works_later(redis: Redis) -> None:
    async def story() -> list[int]:
        layer = make_layer(redis)
        redis.kill()
        channel = await layer.new_channel()
        for _ in range(2):
            with pytest.raises((RedisError, OSError)):
                await layer.group_add("user.1", channel)
        with pytest.raises((RedisError, OSError)):
            await send(layer, 1)
        await layer.group_discard(
            "user.1", channel
        )  # the channel is in no group, so nothing is sent to Redis
        redis.start()
        await layer.group_add("user.1", channel)
        async with probing(layer):
            return await receive(layer, channel)

    assert asyncio.run(story()) == [7]


def test_group_is_joined_while_other_groups_are_restored(redis: Redis) -> None:
    async def story() -> list[int]:
        layer = make_layer(redis)
        await join(layer, "user.1")
        redis.kill()
        channel = await layer.new_channel()
        with suppress(RedisError, OSError):
            await layer.group_add("user.2", channel)
        with suppress(RedisError, OSError):
            await layer.group_discard("user.2", channel)
        redis.start()
        while True:
            try:
                await layer.group_add("user.2", channel)
            except (RedisError, OSError):
                await asyncio.sleep(0.05)
            else:
                break
        async with probing(layer, "user.2"):
            return await receive(layer, channel)

    assert asyncio.run(story()) == [7]


def test_channel_is_left_although_nothing_is_connected() -> None:
    async def story() -> list[bytes]:
        delivered: list[bytes] = []
        host = {"address": "redis://127.0.0.1:9/0", "socket_connect_timeout": 1}
        shard = Shard(host, lambda _, message: delivered.append(message))
        await shard.unsubscribe("user.1")
        with pytest.raises(RedisError):
            await shard.publish([("user.1", b"7")])
        return delivered

    assert asyncio.run(story()) == []


def test_silent_connection_is_replaced(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Shard, "SILENCE_SECONDS", 0.3)

    async def story() -> tuple[int, int, list[int]]:
        freezer = await Freezer(urlsplit(redis.url).port or 0).start()
        url = f"redis://127.0.0.1:{freezer.port}/0"
        layer = ResilientRedisChannelLayer(hosts=[{"address": url, "socket_timeout": None}])
        channel = await join(layer, "user.1")
        await asyncio.sleep(1)  # a silence that the ping ends
        before = freezer.connections
        freezer.freeze()
        await wait_until(lambda: freezer.connections > before)
        async with probing(make_layer(redis)):
            return before, freezer.connections, await receive(layer, channel)

    with caplog.at_level(logging.WARNING):
        before, after, received = asyncio.run(story())

    assert (before, after, received) == (1, 2, [7])
    assert "does not respond" in caplog.text


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - there is no signal to wait for
            await asyncio.sleep(0.02)
