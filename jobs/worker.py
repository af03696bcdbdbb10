"""
The worker of a process: it claims due jobs, runs them in threads, and records their outcomes.

Any number of processes may have a worker; row locks distribute the jobs. Only the worker's own thread
claims jobs and records outcomes. While the database is unavailable, this thread keeps the outcomes in
memory, and records them later.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from api import outages
from jobs.claims import Claim, Outcome
from jobs.registry import JobKind, list_kinds
from jobs.selectors import get_seconds_until_due
from jobs.services.claiming import claim_jobs, extend_leases, release_jobs
from jobs.services.finishing import record_outcomes
from jobs.services.scheduling import ensure_scheduled
from jobs.threads import JobThreads
from jobs.wake import add_listener, remove_listener

logger = logging.getLogger(__name__)

# Seconds between checks that each recurring kind has a row.
SCHEDULE_SECONDS = 60.0
# A lease is extended this many times before it would expire, so one or two extensions may fail.
EXTENSIONS = 3
# When the process stops, running jobs have this many seconds to end. Then they are released.
GRACE_SECONDS = 2.5


class Worker:
    """Claims jobs in a thread of its own, and runs them in pools of threads, until `stop` is called."""

    def __init__(self, *, threads: int | None = None, grace_seconds: float = GRACE_SECONDS) -> None:
        self._name = f"{socket.gethostname()[:60]} {os.getpid()} {secrets.token_hex(4)}"
        self._most: int = threads or settings.JOB_THREADS
        self._grace_seconds = grace_seconds
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._ended: SimpleQueue[Outcome] = SimpleQueue()
        self._unrecorded: list[Outcome] = []
        self._running: dict[Claim, float] = {}
        self._threads = JobThreads(self._most, self._on_end)
        self._own_threads: dict[str, JobThreads] = {}
        self._without: Collection[str] = ()
        self._next_extension = self._next_schedule = 0.0
        self._longest_pause = min(
            settings.JOB_POLL_SECONDS, settings.JOB_LEASE_SECONDS / EXTENSIONS
        )

    def start(self, *, without: Collection[str] = ()) -> None:
        """Start the thread; leave jobs of the kinds in `without` to other processes."""
        self._without = without
        self._thread = threading.Thread(target=self.run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop claiming jobs, without waiting for running ones."""
        self._stopping.set()
        self._wake.set()

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """
        Wait at most `seconds` until running jobs have ended or been released to other workers.

        Call `stop` first.
        """
        if self._thread:
            self._thread.join(seconds)

    def run(self) -> None:
        """Claim and run jobs until `stop` is called. Errors are logged, and do not end the loop."""
        add_listener(self._wake.set)
        logger.info("Running jobs.")
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                if pause := self._work():
                    self._wake.wait(pause)
            self._finish()
        finally:
            remove_listener(self._wake.set)

    def _on_end(self, outcome: Outcome) -> None:
        """Receive the outcome of a run from a job's thread."""
        self._ended.put(outcome)
        self._wake.set()

    def _work(self) -> float:
        """Record outcomes, extend leases, schedule and claim jobs. Return the seconds to the next call."""
        pause = self._longest_pause
        try:
            self._record()
            self._extend()
            self._schedule()
            pause = self._claim()
            outages.database.end()
        except Exception as error:  # noqa: BLE001 - logged
            connection.close()
            outages.log_failure(error, "Looking for jobs failed.", ", jobs wait")
        if pause and connection.vendor == "postgresql":
            connection.close()  # returns it to the pool
        return pause

    def _record(self) -> None:
        while True:
            try:
                self._unrecorded.append(self._ended.get_nowait())
            except Empty:
                break
        if self._unrecorded:
            record_outcomes(worker=self._name, outcomes=self._list_current(self._unrecorded))
            for each in self._unrecorded:
                self._running.pop(each.claim, None)
            self._unrecorded.clear()

    def _list_current(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """
        Return the outcomes, except those of jobs that this worker has claimed again since.

        The first run of such a job exceeded the time limit. `attempt` cannot tell the runs apart, because
        the attempt may be the same for both.
        """
        current = {each.job_id: each for each in self._running}
        return [
            each for each in outcomes if current.get(each.claim.job_id, each.claim) is each.claim
        ]

    def _extend(self) -> None:
        now = time.monotonic()
        if now < self._next_extension:
            return
        for claim, started in list(self._running.items()):
            if now - started > claim.kind.timeout.total_seconds():
                # The job's lease will expire, so the job is retried. Its thread cannot be stopped.
                del self._running[claim]
                logger.error("Job %s %s takes too long.", claim.kind.name, claim.job_id)
        if self._running:
            extend_leases(worker=self._name, claims=self._running)
        self._next_extension = now + settings.JOB_LEASE_SECONDS / EXTENSIONS

    def _schedule(self) -> None:
        if time.monotonic() >= self._next_schedule:
            ensure_scheduled()
            self._next_schedule = time.monotonic() + SCHEDULE_SECONDS

    def _claim(self) -> float:
        rooms = list(self._rooms())
        seconds = get_seconds_until_due(kinds=[name for _, room in rooms for name in room])
        if seconds is None or seconds > 0:
            return min(seconds or self._longest_pause, self._longest_pause)
        claimed = sum(self._claim_for(threads, room) for threads, room in rooms)
        # If no job was claimed, another worker was faster, or a limit has been reached.
        return 0 if claimed else self._longest_pause

    def _claim_for(self, threads: JobThreads, room: dict[str, int]) -> int:
        running = {each.job_id for each in self._running}
        claims = claim_jobs(worker=self._name, room=room, most=threads.free, running=running)
        for each in claims:
            self._running[each] = time.monotonic()
            threads.run(each)
        return len(claims)

    def _rooms(self) -> Iterator[tuple[JobThreads, dict[str, int]]]:
        """Yield each pool that has a free thread, with the number of jobs of each kind that it can take."""
        kinds = [each for each in list_kinds() if each.name not in self._without]
        if self._threads.free and (room := self._shared_room(kinds)):
            yield self._threads, room
        for kind in kinds:
            if kind.threads and (free := self._own(kind).free):
                yield self._own(kind), {kind.name: free}

    def _shared_room(self, kinds: Collection[JobKind]) -> dict[str, int]:
        """
        Return how many more jobs of each kind may be claimed for the shared threads.

        Kinds with threads of their own are left out. No kind may take all the shared threads, unless
        there is only one thread. Jobs that have exceeded their time limit are not counted, although they
        still occupy their threads.
        """
        share = max(1, self._most - max(1, self._most // 4))
        running = Counter(each.kind.name for each in self._running)
        room = {each.name: share - running[each.name] for each in kinds if not each.threads}
        return {name: count for name, count in room.items() if count > 0}

    def _own(self, kind: JobKind) -> JobThreads:
        """Return the pool of a kind that has its own threads."""
        assert kind.threads  # noqa: S101 - checked by the caller
        if kind.name not in self._own_threads:
            self._own_threads[kind.name] = JobThreads(kind.threads, self._on_end)
        return self._own_threads[kind.name]

    def _finish(self) -> None:
        """Wait for running jobs and record their outcomes; release jobs that do not end in time."""
        deadline = time.monotonic() + self._grace_seconds
        try:
            while True:
                self._wake.clear()
                self._record()
                left = deadline - time.monotonic()
                if not self._running or left <= 0:
                    break
                self._wake.wait(left)
            if self._running:
                release_jobs(worker=self._name, claims=self._running)
        except DatabaseError as error:
            outages.log_failure(
                error, "Jobs could not be released.", ", jobs go on when their leases expire"
            )
        finally:
            connection.close()


worker = Worker()
