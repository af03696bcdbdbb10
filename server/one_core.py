"""
Keeps the threads of a web process on one core.

Python runs one thread at a time, and its threads pass the GIL to each other several times per query.
Between two cores, each handover takes longer than the work that follows. On one core, a process serves a
third more requests. docs/adr/0022-one-core-per-process.md has the figures.
"""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TASKS = Path("/proc/self/task")


class OneCore:
    """Keeps all threads except callers of `run_anywhere` on one core, where they pass the GIL faster."""

    # The scheduler chooses a core again after this time, so that processes do not share one for long.
    SECONDS_BETWEEN_MOVES = 5.0
    SECONDS_TO_MOVE = 0.05

    def __init__(self, tasks: Path = TASKS) -> None:
        self._tasks = tasks
        self._cores: set[int] = set()
        self._free: set[int] = set()

    def start(self) -> None:
        """
        Keep all threads on one core from now on. Call this on the event loop.

        Do nothing if the system is not Linux, or if only one core is available.
        """
        if not self._tasks.exists() or len(os.sched_getaffinity(0)) == 1:
            return
        self._cores = os.sched_getaffinity(0)
        self._leader = threading.get_native_id()
        self._loop = asyncio.get_running_loop()
        self._gather()

    def run_anywhere(self) -> None:
        """Let the calling thread use all cores, for work that does not hold the GIL, such as hashing."""
        self._free.add(threading.get_native_id())
        if self._cores:
            os.sched_setaffinity(0, self._cores)

    def _gather(self) -> None:
        """Move threads to the event loop's core, to pass the GIL faster. Omit callers of `run_anywhere`."""
        core = self._find_core(self._leader)
        for thread in self._list_threads():
            # A thread may have ended.
            with suppress(OSError):
                os.sched_setaffinity(thread, {core})
        self._loop.call_later(self.SECONDS_BETWEEN_MOVES, self._release)

    def _release(self) -> None:
        """Let the scheduler move the event loop's thread to a core that is less busy."""
        os.sched_setaffinity(self._leader, self._cores)
        self._loop.call_later(self.SECONDS_TO_MOVE, self._gather)

    def _list_threads(self) -> Iterator[int]:
        threads = (int(each.name) for each in self._tasks.iterdir())
        return (each for each in threads if each not in self._free)

    def _find_core(self, thread: int) -> int:
        """Return the core on which a thread last ran, the field `processor` of proc(5)."""
        after_name = (self._tasks / str(thread) / "stat").read_text().rpartition(")")[2].split()
        return int(after_name[36])


one_core = OneCore()
