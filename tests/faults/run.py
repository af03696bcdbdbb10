"""One run: clients work while faults are injected; then a calm phase; then the judge."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.faults.devices import Badge, Screen, stop_all
from tests.faults.figures import Figures, list_figures
from tests.faults.history import Count, History
from tests.faults.inject import Injector
from tests.faults.judge import Verdict, judge
from tests.faults.people import Reader, Rest, Writer
from tests.faults.schedule import Fault
from tests.faults.snapshot import take_snapshot
from tests.faults.sockets import Device
from tests.faults.world import World

CALM_SECONDS = 3.0
SILENCE_SECONDS = 2.5
"""Seconds without any arrival that end the calm phase: longer than one round of the reconciler."""


@dataclass(frozen=True)
class Result:
    verdict: Verdict
    figures: Figures


class Run:
    """
    The clients of a world: two devices per trainee, one per trainer, an inbox for half of them.

    `patience` is the number of seconds they have to catch up once everything works again.
    """

    def __init__(self, world: World, *, seed: int, pause: float, patience: float) -> None:
        self.world = world
        self.patience = patience
        self.history = History()
        rng = random.Random(seed)
        self.screens: list[Screen] = []
        self.badges: list[Badge] = []
        self.writers: list[Writer] = []
        self.readers: list[Reader] = []
        for number, couple in enumerate(world.cast.couples):
            for person in (couple.trainer, couple.trainee):
                own = (world.webs, self.history, random.Random(rng.getrandbits(64)))
                self.writers.append(Writer(couple, person, *own, pause))
                for device in range(1 if person == couple.trainer else 2):
                    self.screens.append(Screen(couple, person, device + 1, *own))
                if number % 2 == 0:
                    self.badges.append(Badge(person, *own))
                    self.readers.append(Reader(couple, person, *own, world.cast.sign_in))

    @property
    def devices(self) -> list[Device]:
        return [*self.screens, *self.badges]

    def _workers(self) -> list[Device | Writer | Reader]:
        return [*self.devices, *self.writers, *self.readers]

    async def play(
        self, faults: Sequence[Fault], seconds: float, say: Callable[[str], None]
    ) -> Result:
        """Let the clients work for `seconds` while faults are injected; return the verdict."""
        injector = Injector(self.world, self.devices, self.history, say)
        async with asyncio.TaskGroup() as group:
            for worker in self._workers():
                group.create_task(worker.run())
            over = asyncio.get_running_loop().time() + seconds
            await injector.run(list(faults))
            await asyncio.sleep(over - asyncio.get_running_loop().time())
            say("Everything works again; the clients continue for a moment, then catch up.")
            calm_since = await self._stay_calm(CALM_SECONDS if faults else 0)
            self._stop_working()
            await self._catch_up()
            await self._count()
            await stop_all(self.devices)
        return self._judge(injector.done, calm_since)

    def _judge(self, faults: dict[str, int], calm_since: float) -> Result:
        snapshot = take_snapshot(self.world.database_url)
        logs = "".join(web.read_log() for web in self.world.webs)
        figures = list_figures(self.history, faults, calm_since, snapshot, logs)
        return Result(judge(self.history, snapshot), figures)

    async def _stay_calm(self, seconds: float) -> float:
        """Continue without faults, for figures that need it; return the time at which that began."""
        await self._wait_until(lambda: all(each.connection for each in self.devices))
        began = time.monotonic()
        await asyncio.sleep(seconds)
        return began

    def _stop_working(self) -> None:
        """Start nothing new; finish what has begun."""
        for writer in self.writers:
            writer.is_done = True
        for reader in self.readers:
            reader.is_done = True
        for screen in self.screens:
            screen.may_read = False

    async def _catch_up(self) -> None:
        await self._wait_until(self._is_level)
        await asyncio.sleep(SILENCE_SECONDS)
        for writer in self.writers:
            writer.gives_up = True

    async def _wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self.patience
        while not is_so() and time.monotonic() < deadline:  # noqa: ASYNC110 - there is no signal to wait for
            await asyncio.sleep(0.3)

    def _is_level(self) -> bool:
        """Return whether all sends were accepted, and every device matches the database."""
        if not all(send.accepted for send in self.history.sends):
            return False
        snapshot = take_snapshot(self.world.database_url)
        return all(
            each.stream.position >= snapshot.pairs[each.couple.conversation_id].version
            for each in self.screens
        ) and all(
            each.inbox.unread_count == snapshot.count_unread(each.person.id) for each in self.badges
        )

    async def _count(self) -> None:
        """Query each user's badge and list over REST."""
        for writer in self.writers:
            rest = Rest(self.world.webs, writer.rng, writer.person.token)
            user_id = writer.person.id
            with suppress(TimeoutError):
                badge = await self._insist(rest, "messaging/unread-count/")
                listed = await self._insist(rest, "messaging/conversations/")
                self.history.counts.append(Count(user_id, None, badge["unread_count"], "the badge"))
                for each in listed["results"]:
                    told = Count(user_id, each["id"], each["unread_count"], "the list")
                    self.history.counts.append(told)
            await rest.close()

    async def _insist(self, rest: Rest, path: str) -> dict[str, Any]:
        for _ in range(10):
            answer = await rest.ask("GET", path)
            self.history.check_answer(path, answer)
            if answer.status == 200:
                body: dict[str, Any] = answer.body
                return body
            await asyncio.sleep(0.5)
        self.history.complain("server_error", f"{path} got no response after all repairs")
        raise TimeoutError
