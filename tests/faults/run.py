"""One run: clients work while faults are injected, and then without faults; a verdict follows."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.faults.causes import Push
from tests.faults.closing import Closing
from tests.faults.consequences import judge_consequences
from tests.faults.devices import Badge, Screen, stop_all
from tests.faults.fates import judge_files
from tests.faults.figures import Figures, list_figures
from tests.faults.history import History
from tests.faults.inject import Injector
from tests.faults.judge import Verdict, judge
from tests.faults.letters import Correspondent
from tests.faults.people import Reader
from tests.faults.pollers import Poller
from tests.faults.schedule import Fault
from tests.faults.snapshot import Snapshot, expire_uploads, skip_pauses, take_snapshot
from tests.faults.sockets import Device
from tests.faults.world import World
from tests.faults.writers import Writer

CALM_SECONDS = 3.0
SILENCE_SECONDS = 2.5
"""Seconds to wait for late frames after catching up: longer than one round of the reconciler."""
FEWEST_LETTERS, MOST_SECONDS = 3, 60.0
"""A run continues until each roster's trainer has written 3 letters, but for at most 60 s more."""
FEWEST = {"photos": 2, "changes_edit": 3, "changes_delete": 2}
"""It also continues until people have done so much, because a busy machine needs longer."""
JOBS_PATIENCE = 4
"""Jobs may take this many times `patience`: they pause before retries and wait for the second scan."""


@dataclass(frozen=True)
class Result:
    verdict: Verdict
    figures: Figures


class Run:
    """
    The clients of a world: devices, writers, readers, and a correspondent for each roster.

    Each trainee of a pair has two devices that show the conversation, and each trainer has one. In half of
    the pairs, both people also have an inbox and a reader; in the others, a device that polls.

    After all faults have been repaired, the clients have `patience` seconds to catch up.
    """

    def __init__(
        self,
        world: World,
        *,
        seed: int,
        pause: float,
        photos: float,
        patience: float,
        skips_pauses: bool,
    ) -> None:
        self.world = world
        self.skips_pauses = skips_pauses
        self.patience = patience
        self.history = History()
        rng = random.Random(seed)
        self.screens: list[Screen] = []
        self.badges: list[Badge] = []
        self.writers: list[Writer] = []
        self.readers: list[Reader] = []
        self.pollers: list[Poller] = []
        self.correspondents = [
            Correspondent(each, world.webs, self.history, random.Random(f"{seed} {number}"), pause)
            for number, each in enumerate(world.cast.rosters)
        ]
        for number, couple in enumerate(world.cast.couples):
            for person in (couple.trainer, couple.trainee):
                own = (world.webs, self.history, random.Random(rng.getrandbits(64)))
                self.writers.append(Writer(couple, person, *own, pause, photos))
                for device in range(1 if person == couple.trainer else 2):
                    self.screens.append(Screen(couple, person, device + 1, *own))
                if number % 2:
                    self.pollers.append(Poller(couple, person, *own))
                else:
                    self.badges.append(Badge(person, *own))
                    self.readers.append(Reader(couple, person, *own, world.cast.sign_in))

    @property
    def devices(self) -> list[Device]:
        return [*self.screens, *self.badges]

    def _workers(self) -> list[Device | Writer | Reader | Poller | Correspondent]:
        return [
            *self.devices,
            *self.writers,
            *self.readers,
            *self.pollers,
            *self.correspondents,
        ]

    async def play(
        self, faults: Sequence[Fault], seconds: float, say: Callable[[str], None]
    ) -> Result:
        """Let the clients work for `seconds` while faults are injected; return verdict and figures."""
        injector = Injector(self.world, self.devices, self.history, say)
        async with asyncio.TaskGroup() as group:
            for worker in self._workers():
                group.create_task(worker.run())
            over = asyncio.get_running_loop().time() + seconds
            await injector.run(list(faults))
            await asyncio.sleep(over - asyncio.get_running_loop().time())
            await self._wait_until(self._has_begun, MOST_SECONDS)
            say("Everything works again; the clients continue for a moment, then catch up.")
            calm_since = await self._stay_calm(CALM_SECONDS if faults else 0)
            self._stop_working()
            await self._catch_up()
            await self._wait_until(self._is_settled, self.patience * JOBS_PATIENCE)
            await Closing(self.world.webs, self.writers, self.history).look()
            expire_uploads(self.world.database_url, self.world.media)
            await self._wait_until(self._is_swept, self.patience * JOBS_PATIENCE)
            await stop_all(self.devices)
            for poller in self.pollers:
                poller.is_done = True
        return self._judge(injector.done, calm_since)

    def _judge(self, faults: dict[str, int], calm_since: float) -> Result:
        snapshot = self._take_snapshot()
        logs = "".join(web.read_log() for web in self.world.webs)
        figures = list_figures(self.history, faults, calm_since, snapshot, logs)
        return Result(judge(self.history, snapshot), figures)

    def _has_begun(self) -> bool:
        """Return whether people have done enough for a verdict."""
        tally = self.history.tally
        has_changes = all(tally.get(what, 0) >= number for what, number in FEWEST.items())
        return has_changes and all(each.count >= FEWEST_LETTERS for each in self.correspondents)

    async def _stay_calm(self, seconds: float) -> float:
        """Let clients work without faults, to measure delays; return the time at which this phase began."""
        await self._wait_until(lambda: all(each.connection for each in self.devices), self.patience)
        began = time.monotonic()
        await asyncio.sleep(seconds)
        return began

    def _stop_working(self) -> None:
        """Let clients finish their current requests, and start no new ones."""
        for writer in self.writers:
            writer.is_done = True
        for reader in self.readers:
            reader.is_done = True
        for correspondent in self.correspondents:
            correspondent.is_done = True
        for screen in self.screens:
            screen.may_read = False

    async def _catch_up(self) -> None:
        await self._wait_until(self._is_level, self.patience)
        await asyncio.sleep(SILENCE_SECONDS)
        for writer in self.writers:
            writer.gives_up = True
        for correspondent in self.correspondents:
            correspondent.gives_up = True
        await self._wait_until(
            lambda: all(each.has_stopped for each in self.writers), self.patience
        )

    async def _wait_until(self, is_so: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_so() and time.monotonic() < deadline:  # noqa: ASYNC110 - nothing signals it
            await asyncio.sleep(0.3)

    def _is_level(self) -> bool:
        """Return whether all requests are over, and every device matches the database."""
        if not self._is_over():
            return False
        snapshot = take_snapshot(self.world.database_url)
        versions = snapshot.versions
        return (
            all(
                each.stream.position >= versions[each.couple.conversation_id]
                for each in self.screens
            )
            and all(
                each.copy.version >= versions[each.copy.conversation_id] for each in self.pollers
            )
            and all(
                each.inbox.unread_count == snapshot.count_unread(each.person.id)
                and each.inbox.has_versions(versions)
                for each in self.badges
            )
        )

    def _is_over(self) -> bool:
        """Return whether all sends, changes and letters were accepted."""
        return (
            all(writer.has_stopped for writer in self.writers)
            and all(send.accepted for send in self.history.sends)
            and all(each.is_over or each.is_probe for each in self.history.changes)
            and all(letter.is_accepted for letter in self.history.letters)
        )

    def _take_snapshot(self) -> Snapshot:
        """Read the database, then record the notifications and e-mails that have been received."""
        snapshot = take_snapshot(self.world.database_url, self.world.media)
        self.history.mails = list(self.world.mail.mails)
        taken, pushes = self.world.push.taken, self.history.pushes
        for received in taken[len(pushes) :]:
            shown = self.world.keys.decrypt(received)
            user_id = int(received.path.rpartition("/")[2])
            content = (shown["conversation_id"], shown["body"], shown["unread_count"])
            composed_at = datetime.fromisoformat(shown["composed_at"]).timestamp()
            seconds = composed_at + self.history.clock_offset
            pushes.append(Push(user_id, *content, received.at, seconds))
        return snapshot

    def _is_settled(self) -> bool:
        """Return whether all jobs have ended, and no notification or e-mail is missing."""
        found: list[str] = []
        snapshot = self._take_snapshot()
        if self.skips_pauses:
            skip_pauses(self.world.database_url)
        judge_consequences(self.history, snapshot, lambda *violation: found.extend(violation))
        return not found

    def _is_swept(self) -> bool:
        """Return whether the only files are those of sent photos, and all jobs have ended."""
        found: list[str] = []
        snapshot = self._take_snapshot()
        judge_files(snapshot, lambda *violation: found.extend(violation))
        judge_consequences(self.history, snapshot, lambda *violation: found.extend(violation))
        return not found
