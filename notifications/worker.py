"""
The one thread of a process that sends notifications.

It has a database connection and an event loop of its own: what it waits for holds up no request and no
socket. Any number of processes may run one; locks in the database share the work out.
"""

import asyncio
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from notifications.outcomes import Outcome, Verdict
from notifications.selectors import Notification, glance, is_configured
from notifications.services.delivering import claim_notifications, record_outcome
from notifications.services.sweeping import Swept, prepare_cursor, skip_to, sweep

if TYPE_CHECKING:
    from notifications.senders import Senders

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 2.0
SHORTEST_PAUSE_SECONDS = 0.1
# While nobody has a device, a look is this many times rarer.
RARER_WITHOUT_DEVICES = 10
IN_FLIGHT_LIMIT = 50
# What is on its way when the process is told to stop may take this long to arrive.
LAST_SECONDS = 2.0


class PushWorker:
    """Looks for unread messages, and sends what is due, until it is told to stop."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._senders: Senders | None = None
        self._in_flight: dict[asyncio.Task[Outcome], Notification] = {}
        self._unrecorded: deque[tuple[Notification, Outcome]] = deque()

    def start(self) -> None:
        """Run in a thread, if there is any kind of device that this server can send to."""
        if is_configured():
            self._thread = threading.Thread(target=self.run, name="push", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take on nothing more; returns at once."""
        self._stopping.set()

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait until what was on its way has arrived and is recorded, but not longer than that."""
        if self._thread:
            self._thread.join(seconds)

    def run(self) -> None:
        """Work until told to stop. An error is logged, and tried again; it ends nothing."""
        with asyncio.Runner() as runner:
            while not self._stopping.is_set():
                pause = self._work(runner)
                self._wait(runner, pause)
            runner.run(self._finish())
            self._work(runner)

    def _work(self, runner: asyncio.Runner) -> float:
        """Do what there is to do in the database; return for how long there is nothing."""
        try:
            self._record()
            return LONGEST_PAUSE_SECONDS if self._stopping.is_set() else self._look(runner)
        except DatabaseError as error:
            logger.warning("The database is away, notifications wait: %s", error)
        except Exception:
            logger.exception("Looking for notifications to send failed.")
        finally:
            # Back into the pool: most of the time there is nothing to do with it.
            connection.close()
        return LONGEST_PAUSE_SECONDS

    def _record(self) -> None:
        """Record what came back; what the database does not take now is kept for the next time."""
        while self._unrecorded:
            record_outcome(*self._unrecorded[0])
            self._unrecorded.popleft()

    def _look(self, runner: asyncio.Runner) -> float:
        pause = _pause()
        seen = glance()
        if seen is None:
            prepare_cursor()
            return 0
        if not seen.has_devices:
            if not seen.is_looked_through:
                skip_to(seen.newest_id)
            return pause * RARER_WITHOUT_DEVICES
        swept = Swept() if seen.is_looked_through else sweep()
        room = IN_FLIGHT_LIMIT - len(self._in_flight)
        if room and (seen.has_due or swept.deliveries):
            self._send(runner, room)
        return 0 if swept.is_behind else pause

    def _send(self, runner: asyncio.Runner, limit: int) -> None:
        # First: whatever is wrong with the set-up, no attempt is used up by it.
        if self._senders is None:
            self._senders = runner.run(_open_senders())
        loop = runner.get_loop()
        in_flight = [each.delivery_id for each in self._in_flight.values()]
        for each in claim_notifications(limit, in_flight):
            self._in_flight[loop.create_task(self._senders.send(each))] = each

    def _wait(self, runner: asyncio.Runner, pause: float) -> None:
        """Wait for an answer, if any is due, and else for the time to look again."""
        if self._in_flight:
            runner.run(self._collect(pause, asyncio.FIRST_COMPLETED))
        else:
            self._stopping.wait(pause)

    async def _collect(self, seconds: float, when: str) -> None:
        done, _ = await asyncio.wait(self._in_flight, timeout=seconds, return_when=when)
        for task in done:
            self._unrecorded.append((self._in_flight.pop(task), _outcome_of(task)))

    async def _finish(self) -> None:
        if self._in_flight:
            await self._collect(LAST_SECONDS, asyncio.ALL_COMPLETED)
        if self._senders:
            await self._senders.close()


def _pause() -> float:
    """Return the time between two looks: short against the delay, so that this stays what it says."""
    delay: float = settings.PUSH_DELAY_SECONDS
    return min(LONGEST_PAUSE_SECONDS, max(SHORTEST_PAUSE_SECONDS, delay / 2.5))


async def _open_senders() -> "Senders":
    from notifications.senders import Senders  # noqa: PLC0415 - see there

    return Senders()


def _outcome_of(task: asyncio.Task[Outcome]) -> Outcome:
    """Return what came of it; an error that nobody thought of is no reason to stop."""
    if error := task.exception():
        logger.error("Sending a notification failed.", exc_info=error)
        return Outcome(Verdict.REFUSED, type(error).__name__)
    return task.result()


push_worker = PushWorker()
