"""Measure the cost of idle sockets: memory, and the slowdown of other requests."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection

from bench.compare import Effort, median
from bench.dataset import BUSY_TRAINEES, FIRST_TRAINEE, Dataset
from bench.delivery import open_socket
from bench.endpoints import SEND
from bench.processes import Served
from bench.wrk import Figures, load

AT_ONCE = 32
"""Maximum number of concurrent handshakes."""


@dataclass(frozen=True)
class Idle:
    """The effect of a number of idle sockets."""

    sockets: int
    kb_each: float
    cpu_share: float
    without: Figures
    with_sockets: Figures

    @property
    def rate_kept(self) -> float:
        return self.with_sockets.rate / self.without.rate


async def hold_idle(server: Served, data: Dataset, count: int, effort: Effort) -> Idle:
    """Measure `send` alternately without and with the sockets, once per round."""
    without, with_sockets = [await _send(server, data, effort)], []
    memory, most = server.rss_bytes(), 0
    for _ in range(effort.rounds):
        async with _sockets(server, count):
            most = max(most, server.rss_bytes())
            share = await _cpu_share(server)
            with_sockets.append(await _send(server, data, effort))
        without.append(await _send(server, data, effort))
    kb_each = (most - memory) / 1024 / count
    return Idle(count, kb_each, share, median(without), median(with_sockets))


async def _send(server: Served, data: Dataset, effort: Effort) -> Figures:
    """Load `send` from another process, while this one answers the server's pings."""
    return await asyncio.to_thread(
        load,
        server,
        SEND.requests(data),
        seconds=2 * effort.seconds,
        connections=effort.connections,
    )


async def _cpu_share(server: Served) -> float:
    """Return the share of a core that the idle server uses."""
    before = server.cpu_seconds()
    await asyncio.sleep(2)
    return (server.cpu_seconds() - before) / 2


@asynccontextmanager
async def _sockets(server: Served, count: int) -> AsyncIterator[None]:
    """Keep sockets of the busy trainer's trainees open, spread evenly, without messages."""
    opened: list[ClientConnection] = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_one(number: int) -> None:
        k = number % BUSY_TRAINEES
        async with gate:
            opened.append(await open_socket(server.url, k + 1, FIRST_TRAINEE + k))

    try:
        await asyncio.gather(*(open_one(number) for number in range(count)))
        yield
    finally:
        await asyncio.gather(*(socket.close() for socket in opened), return_exceptions=True)


def allow_files(count: int) -> None:
    """Raise the limit of open files for this process and the servers, as far as allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 200), hard))
