"""Measure the time from a send to the recipient's socket, and check the order of frames."""

import asyncio
import uuid
from dataclasses import dataclass
from time import perf_counter

import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench.client import Client
from bench.dataset import Pair, list_pairs, token_of
from bench.processes import Served

LISTENERS = 100
SENDERS = 16
PATIENCE = 10.0
"""Seconds to wait for frames that are in flight at the end."""


@dataclass(frozen=True)
class Delivery:
    """Results of a run, in milliseconds; `wrong` counts lost, duplicate and unordered frames."""

    rate: float
    sent: int
    refused: int
    wrong: int
    request_p50: float
    request_p99: float
    delivery_p50: float
    delivery_p99: float


class Listener:
    """A trainee's socket, which must receive every version once, in order."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.version: int | None = None
        self.wrong = 0
        self.seen: dict[str, float] = {}

    async def listen(self, url: str, ready: asyncio.Event) -> None:
        """Record when each message arrives. The first pong contains the conversation's version."""
        async with open_socket(url, self.pair.conversation_id, self.pair.trainee_id) as socket:
            await socket.send('{"type": "ping"}')
            async for text in socket:
                now, frame = perf_counter(), orjson.loads(text)
                if frame["type"] == "pong":
                    self.version = frame["version"]
                    ready.set()
                elif frame["type"] == "new_message":
                    self._note(frame["message"], now)

    def _note(self, message: dict[str, object], now: float) -> None:
        assert self.version is not None
        self.wrong += message["version"] != self.version + 1
        self.version = int(str(message["version"]))
        self.seen[str(message["client_id"])] = now


def open_socket(url: str, conversation_id: int, user_id: int) -> connect:
    """Return a connection that is not open yet, without features that use memory in the client."""
    return connect(
        f"{url.replace('http', 'ws', 1)}/ws/messaging/{conversation_id}/",
        subprotocols=[Subprotocol("bearer"), Subprotocol(token_of(user_id))],
        compression=None,
        ping_interval=None,
        proxy=None,
        open_timeout=60,
    )


class Senders:
    """Trainers who send to the listeners over a few connections, at a fixed rate or at full speed."""

    def __init__(self, pairs: list[Pair], seconds: float, rate: float | None) -> None:
        self._targets = [(pair, token_of(pair.trainer_id)) for pair in pairs]
        self._seconds, self._rate = seconds, rate
        self._begun = 0
        self.sent: dict[str, float] = {}
        self.durations: list[float] = []
        self.refused = 0

    async def run(self, port: int) -> float:
        """Send until the configured time has passed; return the actual duration in seconds."""
        clients = [await Client.connect(port) for _ in range(SENDERS)]
        start = perf_counter()
        await asyncio.gather(*(self._work(client, start) for client in clients))
        for client in clients:
            client.close()
        return perf_counter() - start

    async def _work(self, client: Client, start: float) -> None:
        while perf_counter() < start + self._seconds:
            number, self._begun = self._begun, self._begun + 1
            if self._rate and (early := start + number / self._rate - perf_counter()) > 0:
                await asyncio.sleep(early)
            await self._send(client, *self._targets[number % len(self._targets)])

    async def _send(self, client: Client, pair: Pair, token: str) -> None:
        key, before = str(uuid.uuid4()), perf_counter()
        path = f"/api/messaging/conversations/{pair.conversation_id}/send/"
        status, _ = await client.post(path, token, {"content": "How is it?", "client_id": key})
        if status == 201:
            self.sent[key] = before
            self.durations.append(perf_counter() - before)
        else:
            self.refused += 1


async def deliver(server: Served, *, seconds: float, rate: float | None) -> Delivery:
    """Send to a hundred listeners, at a fixed rate or as fast as the server responds."""
    pairs = list_pairs()[:LISTENERS]
    listeners, ready = [Listener(pair) for pair in pairs], [asyncio.Event() for _ in pairs]
    tasks = [
        asyncio.create_task(listener.listen(server.url, event))
        for listener, event in zip(listeners, ready, strict=True)
    ]
    await asyncio.gather(*(event.wait() for event in ready))
    senders = Senders(pairs, seconds, rate)
    took = await senders.run(server.port)
    await _wait_for_all(senders, listeners)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return _judge(senders, listeners, took)


async def _wait_for_all(senders: Senders, listeners: list[Listener]) -> None:
    deadline = perf_counter() + PATIENCE
    while perf_counter() < deadline and _count(listeners) < len(senders.sent):  # noqa: ASYNC110 - the condition adds up a hundred counters
        await asyncio.sleep(0.05)


def _count(listeners: list[Listener]) -> int:
    return sum(len(each.seen) for each in listeners)


def _judge(senders: Senders, listeners: list[Listener], took: float) -> Delivery:
    seen = {key: when for each in listeners for key, when in each.seen.items()}
    latencies = [seen[key] - when for key, when in senders.sent.items() if key in seen]
    lost = len(senders.sent) - len(latencies)
    return Delivery(
        rate=len(senders.sent) / took,
        sent=len(senders.sent),
        refused=senders.refused,
        wrong=lost + sum(each.wrong for each in listeners),
        request_p50=_percentile(senders.durations, 50),
        request_p99=_percentile(senders.durations, 99),
        delivery_p50=_percentile(latencies, 50),
        delivery_p99=_percentile(latencies, 99),
    )


def _percentile(seconds: list[float], percent: int) -> float:
    """Return a percentile in milliseconds."""
    found = sorted(seconds)
    return 1000 * found[min(len(found) - 1, len(found) * percent // 100)] if found else 0.0
