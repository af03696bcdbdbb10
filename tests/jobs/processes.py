"""Workers in separate processes, on the test database."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from django.db import connection

from tests.system.python_process import PythonProcess
from tests.system.server import test_environment

T = TypeVar("T")

STARTED = "Running jobs."
# Starting a process takes long on a machine that is busy with other tests.
PATIENCE_SECONDS = 60.0


def eventually(probe: Callable[[], T | None], pause: float = 0.05) -> T:
    """Call the probe until its result is not None, and return the result; fail after a time limit."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := probe()) is None:
        assert time.monotonic() < deadline, "The probe returned nothing in time."
        time.sleep(pause)
    return found


class WorkerProcess:
    """A `manage.py worker` process with the tests' kinds of jobs."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.notes, self._log = folder / "notes", folder / "worker.log"
        self._arguments = arguments
        self._environment = test_environment(JOBS_LOG=str(self.notes), **environment)
        self._process: PythonProcess | None = None

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def start(self) -> None:
        """Start the process, and wait until it looks for jobs."""
        starts = self.log.count(STARTED)
        self._process = PythonProcess(
            "tests.jobs.worker", *self._arguments, environment=self._environment, log=self._log
        )
        eventually(lambda: self.log.count(STARTED) > starts or None)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def signal(self, signum: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(signum)

    def kill(self) -> None:
        """Kill the process and its children, so that they cannot clean up."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Send SIGTERM, wait for the end, and return the exit code."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        assert self._process
        return self._process.wait(PATIENCE_SECONDS)


@contextmanager
def working(folder: Path, *arguments: str, **environment: str) -> Iterator[WorkerProcess]:
    """Run a worker process during the block, and kill it afterwards if it still runs."""
    worker = WorkerProcess(folder, *arguments, **environment)
    try:
        worker.start()
        yield worker
    finally:
        worker.kill()


def freeze(pid: int) -> None:
    """
    Stop a process with SIGSTOP, but not during a transaction, whose locks would last as long as the stop.

    If the process was stopped during a transaction, let it continue for a moment, then stop it again.
    These attempts are much shorter than any lease, so the process loses no lease during them.
    """
    _stop(pid)
    while not _is_writable():
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.05)
        _stop(pid)


def _stop(pid: int) -> None:
    """Send SIGSTOP; wait until all threads have stopped, because one in a system call ends it first."""
    os.kill(pid, signal.SIGSTOP)
    eventually(lambda: _has_stopped(pid) or None, pause=0.001)


def _has_stopped(pid: int) -> bool:
    stats = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/stat")]
    # The name of the thread, in parentheses, comes before its state.
    return all(each.rpartition(")")[2].split()[0] == "T" for each in stats)


def _is_writable() -> bool:
    """Return whether no other process has a transaction in the database (SQLite: one that writes)."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            )
            return bool(cursor.fetchone() == (0,))
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0.1)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True
