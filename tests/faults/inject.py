"""Executes a schedule of faults, and repairs the damage."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress

import psycopg

from tests.backends.server import Server
from tests.faults.history import History, Outage
from tests.faults.schedule import CLIENTS, Fault
from tests.faults.sockets import Device
from tests.faults.world import World

TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
UNAVAILABLE, CREATED = 503, 201
HANDSHAKES = 50
HALF_A_HANDSHAKE = b"GET /ws/messaging/1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso"


class Injector:
    """Injects the scheduled faults into a world."""

    def __init__(
        self, world: World, devices: list[Device], history: History, say: Callable[[str], None]
    ) -> None:
        self.world = world
        self.devices = devices
        self.history = history
        self.say = say
        self.done: dict[str, int] = {}
        # If a server takes longer to recover than planned, the server's next fault waits.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, faults: list[Fault]) -> None:
        """Inject each fault at its planned time; return when all damage is repaired."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                await asyncio.sleep(max(0, began + fault.at - time.monotonic()))
                self.say(str(fault))
                group.create_task(self._inject(fault))

    async def _inject(self, fault: Fault) -> None:
        lock = asyncio.Lock() if fault.target == CLIENTS else self._locks[fault.target]
        async with lock:
            began = time.monotonic()
            await getattr(self, f"_{fault.kind}")(fault)
        self.history.outages.append(Outage(fault.kind, began, time.monotonic()))
        self.done[fault.kind] = self.done.get(fault.kind, 0) + 1

    # Servers
    # --------------------------------------------------------------------------
    async def _kill(self, server: Server | None, seconds: float) -> None:
        assert server
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.start)

    async def _pause(self, server: Server | None, seconds: float) -> None:
        assert server
        await asyncio.to_thread(server.pause)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.resume)

    async def _restart(self, server: Server | None) -> None:
        assert server
        await asyncio.to_thread(server.restart)

    async def _web_kill(self, fault: Fault) -> None:
        await self._kill(self.world.webs[int(fault.target[3:])], fault.seconds)

    async def _web_stop(self, fault: Fault) -> None:
        await self._pause(self.world.webs[int(fault.target[3:])], fault.seconds)

    async def _worker_kill(self, fault: Fault) -> None:
        await self._kill(self.world.worker, fault.seconds)

    async def _worker_stop(self, fault: Fault) -> None:
        await self._pause(self.world.worker, fault.seconds)

    async def _redis_kill(self, fault: Fault) -> None:
        await self._kill(self.world.redis, fault.seconds)

    async def _redis_restart(self, fault: Fault) -> None:
        await self._restart(self.world.redis)

    async def _redis_pause(self, fault: Fault) -> None:
        await self._pause(self.world.redis, fault.seconds)

    async def _postgres_kill(self, fault: Fault) -> None:
        await self._kill(self.world.postgres, fault.seconds)

    async def _postgres_restart(self, fault: Fault) -> None:
        await self._restart(self.world.postgres)

    async def _postgres_pause(self, fault: Fault) -> None:
        await self._pause(self.world.postgres, fault.seconds)

    async def _postgres_terminate(self, fault: Fault) -> None:
        def terminate() -> None:
            url = self.world.database_url
            with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=3) as connection:
                connection.execute(TERMINATE)

        await asyncio.to_thread(terminate)

    # External services
    # --------------------------------------------------------------------------
    async def _mail_away(self, fault: Fault) -> None:
        self.world.mail.is_away = True
        await asyncio.sleep(fault.seconds)
        self.world.mail.is_away = False

    async def _push_away(self, fault: Fault) -> None:
        self.world.push.status = UNAVAILABLE
        await asyncio.sleep(fault.seconds)
        self.world.push.status = CREATED

    # The channel layer
    # --------------------------------------------------------------------------
    async def _layer(self, fault: Fault) -> None:
        chances = sorted((fault.share, fault.pick % 100 / 250, fault.pick % 97 / 250))
        random.Random(fault.pick).shuffle(chances)
        self.world.layer_control.write_text(" ".join(map(str, chances)))
        await asyncio.sleep(fault.seconds)
        self.world.layer_control.write_text("0 0 0")

    # Clients
    # --------------------------------------------------------------------------
    def _pick(self, fault: Fault) -> list[Device]:
        rng = random.Random(fault.pick)
        return rng.sample(self.devices, max(1, round(fault.share * len(self.devices))))

    async def _cut(self, fault: Fault) -> None:
        for device in self._pick(fault):
            device.cut()

    async def _half_open(self, fault: Fault) -> None:
        for device in self._pick(fault)[:4]:
            device.leave_half_open()

    async def _stall(self, fault: Fault) -> None:
        for device in self._pick(fault):
            device.stall(fault.seconds)

    async def _handshakes(self, fault: Fault) -> None:
        web = self.world.webs[fault.pick % len(self.world.webs)]
        writers = []
        for _ in range(HANDSHAKES):
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", web.port)
                writer.write(HALF_A_HANDSHAKE)
                writers.append(writer)
        await asyncio.sleep(fault.seconds)
        for writer in writers:
            writer.transport.abort()
