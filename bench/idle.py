"""What sockets cost that are open and silent: memory, and how much slower the others' requests get."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection

from bench.compare import Effort
from bench.dataset import BUSY_TRAINEES, FIRST_TRAINEE, Dataset
from bench.delivery import open_socket
from bench.endpoints import SEND
from bench.processes import Served
from bench.wrk import Figures, load

AT_ONCE = 32
"""Handshakes that are under way at a time."""


@dataclass(frozen=True)
class Idle:
    """What so many silent sockets change."""

    sockets: int
    kb_each: float
    cpu_share: float
    without: Figures
    with_sockets: Figures

    @property
    def keeps(self) -> float:
        return self.with_sockets.rate / self.without.rate


async def hold_idle(server: Served, data: Dataset, count: int, effort: Effort) -> Idle:
    """Measure `send` without the sockets, with them, and without them again."""
    before = await _send(server, data, effort)
    memory = server.rss_bytes()
    async with _sockets(server, count):
        kb_each = (server.rss_bytes() - memory) / 1024 / count
        share = await _cpu_share(server)
        during = await _send(server, data, effort)
    after = await _send(server, data, effort)
    slower = min(before, after, key=lambda each: each.rate)
    faster = max(before, after, key=lambda each: each.rate)
    # The mean of both: what was slower for another reason would else count for or against.
    without = Figures(
        requests=slower.requests + faster.requests,
        seconds=slower.seconds + faster.seconds,
        p50_ms=(slower.p50_ms + faster.p50_ms) / 2,
        p99_ms=slower.p99_ms,
        errors=slower.errors + faster.errors,
        cpu_ms=(slower.cpu_ms + faster.cpu_ms) / 2,
        busy_cores=(slower.busy_cores + faster.busy_cores) / 2,
    )
    return Idle(count, kb_each, share, without, during)


async def _send(server: Served, data: Dataset, effort: Effort) -> Figures:
    """Drive `send` from another process, while this one answers the server's pings."""
    return await asyncio.to_thread(
        load,
        server,
        SEND.requests(data),
        seconds=effort.seconds * effort.rounds,
        connections=effort.connections,
    )


async def _cpu_share(server: Served) -> float:
    """Return how much of a core the server takes while nobody does anything."""
    before = server.cpu_seconds()
    await asyncio.sleep(2)
    return (server.cpu_seconds() - before) / 2


@asynccontextmanager
async def _sockets(server: Served, count: int) -> AsyncIterator[None]:
    """Keep sockets of the busy trainer's trainees open, spread evenly; nobody writes to them."""
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
    """Let this process and the servers have a file for each socket, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 200), hard))
