"""1,000 jobs and a worker that is killed ten times: no job is lost."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from jobs.models import Job
from jobs.services.enqueueing import Call, enqueue_many
from tests.jobs import kinds  # noqa: F401 - registers the kinds
from tests.jobs.processes import WorkerProcess, eventually, working

pytestmark = [pytest.mark.unmeasured, pytest.mark.django_db(transaction=True)]

JOBS, KILLS = 1000, 10
# The most jobs that a killed worker can have run without recording their outcomes: those in its
# threads, and those that ended while earlier outcomes were being recorded.
IN_FLIGHT = 50


def test_each_job_is_done_at_least_once_despite_ten_kills(
    tmp_path: Path,
) -> None:
    enqueue_many(kind="test.note", calls=[Call({"number": n}) for n in range(JOBS)])
    pid_file, killed = tmp_path / "pid", set[int]()

    with working(tmp_path, JOB_LEASE_SECONDS="1", RESPAWN_PID=str(pid_file)) as worker:
        for share in range(1, KILLS + 1):
            wait_for_notes(worker, share * JOBS // (KILLS + 1))
            pid = eventually(lambda: find_next(pid_file, killed))
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        eventually(lambda: None if Job.objects.filter(kind="test.note").live().exists() else True)
        os.kill(eventually(lambda: find_next(pid_file, killed)), signal.SIGTERM)
        assert worker.wait() == 0

    times = Counter(notes_of(worker))
    assert sorted(times) == list(range(JOBS))
    assert times.total() <= JOBS + KILLS * IN_FLIGHT
    assert set(Job.objects.filter(kind="test.note").values_list("state")) == {("done",)}


def find_next(pid_file: Path, killed: set[int]) -> int | None:
    """Return the pid of the child that has replaced the last killed one, or None if it is not known yet."""
    text = pid_file.read_text()  # empty while the pid is being written
    return int(text) if text and int(text) not in killed else None


def wait_for_notes(worker: WorkerProcess, count: int) -> None:
    eventually(lambda: len(notes_of(worker)) >= count or None, pause=0.001)


def notes_of(worker: WorkerProcess) -> list[int]:
    return [int(line) for line in worker.notes.read_text().split()] if worker.notes.exists() else []
