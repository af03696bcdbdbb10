"""Real worker processes, and the worker of a web process."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from jobs.models import Job
from jobs.registry import job
from jobs.services.enqueueing import Call, enqueue, enqueue_many
from jobs.worker import Worker
from tests.jobs import kinds  # noqa: F401 - registers the kinds
from tests.jobs.conftest import Register
from tests.jobs.processes import STARTED, eventually, freeze, working
from tests.jobs.running import states
from tests.system.server import WebServer

pytestmark = pytest.mark.django_db(transaction=True)

MINUTES = timedelta(minutes=30)
LEASE = {"JOB_LEASE_SECONDS": "1"}

MakeWorker = Callable[..., Worker]


@pytest.fixture
def make_worker(transactional_db: None) -> Iterator[MakeWorker]:
    """Return a function that makes a worker of this process; the workers stop when the test ends."""
    workers: list[Worker] = []

    def make(**options: Any) -> Worker:
        workers.append(Worker(**options))
        return workers[-1]

    yield make
    for each in workers:
        each.stop()
        each.join(60)


def wait_for(state: str, kind: str) -> Job:
    """Return the job of this kind once it is in this state."""
    return eventually(lambda: Job.objects.filter(kind=kind, state=state).first())


def test_worker_runs_jobs_and_ends_on_sigterm(tmp_path: Path) -> None:
    enqueue_many(kind="test.note", calls=[Call({"number": n}) for n in range(20)])

    with working(tmp_path) as worker:
        eventually(lambda: states().count("done") == 20 or None)
        assert worker.stop() == 0

    assert sorted(map(int, worker.notes.read_text().split())) == list(range(20))


def test_failed_job_is_given_up_with_its_error(tmp_path: Path) -> None:
    enqueue(kind="test.fail")

    with working(tmp_path) as worker:
        row = wait_for("failed", "test.fail")

    assert row.last_error.startswith("ValueError: It broke. (kinds.py:")
    assert f"Job test.fail {row.pk} was given up" in worker.log


def test_jobs_of_a_killed_worker_are_run_by_another(tmp_path: Path) -> None:
    enqueue(kind="test.slow", args={"number": 1, "seconds": 600})
    with working(tmp_path, **LEASE) as worker:
        eventually(lambda: worker.notes.exists() or None)
        worker.kill()
    Job.objects.filter(kind="test.slow").update(args={"number": 2, "seconds": 0})

    with working(tmp_path, **LEASE) as worker:
        assert wait_for("done", "test.slow").attempts >= 2
    assert worker.notes.read_text().split() == ["1", "2"]


def test_job_that_kills_its_worker_is_given_up(tmp_path: Path) -> None:
    enqueue(kind="test.kill")

    for _ in range(2):
        with working(tmp_path, **LEASE) as worker:
            assert worker.wait() == -signal.SIGKILL
    with working(tmp_path, **LEASE):
        row = wait_for("failed", "test.kill")

    assert (row.attempts, row.last_error[:22]) == (2, "The worker was killed,")


def test_lease_is_extended_while_the_job_runs(
    register: Register, make_worker: MakeWorker, settings: Any
) -> None:
    settings.JOB_LEASE_SECONDS = 3
    gate = threading.Event()
    register("hangs").on_call = gate.wait
    worker = make_worker()
    enqueue(kind="hangs")
    worker.start()

    first = wait_for("running", "hangs")
    eventually(lambda: Job.objects.filter(due_at__gt=first.due_at).first())

    gate.set()
    worker.stop()
    worker.join(60)


def test_worker_does_not_run_a_job_twice_whose_lease_has_expired(
    register: Register, make_worker: MakeWorker
) -> None:
    gate = threading.Event()
    calls = register("hangs")
    calls.on_call = gate.wait
    quick = register("quick")
    worker = make_worker()
    enqueue(kind="hangs")
    worker.start()
    wait_for("running", "hangs")

    # As after a process that was frozen between an extension and a claim.
    Job.objects.filter(kind="hangs").update(due_at=timezone.now() - MINUTES)
    enqueue(kind="quick")
    eventually(lambda: quick or None)

    assert Job.objects.get(kind="hangs").attempts == 1
    gate.set()
    wait_for("done", "hangs")
    assert calls == [{}]


def test_job_past_its_time_limit_does_not_block_others(tmp_path: Path) -> None:
    enqueue(kind="test.hang")

    with working(tmp_path, "--threads=2", **LEASE) as worker:
        row = wait_for("failed", "test.hang")
        enqueue(kind="test.note", args={"number": 1})
        wait_for("done", "test.note")
        assert worker.stop() == 0

    assert "exceeded its time limit" in row.last_error
    assert f"Job test.hang {row.pk} takes too long." in worker.log


def test_late_end_of_a_run_does_not_end_a_later_run_of_the_same_attempt(
    register: Register, make_worker: MakeWorker, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.JOB_LEASE_SECONDS = 4
    register("note")
    gates = [threading.Event(), threading.Event()]
    calls: list[threading.Event] = []

    def hang() -> None:
        calls.append(gates[len(calls)])
        calls[-1].wait()

    def register_hourly(timeout: timedelta) -> None:
        job("hourly", every=timedelta(hours=1), timeout=timeout)(hang)

    register_hourly(timeout=timedelta(seconds=1))
    worker = make_worker()
    worker.start()
    eventually(lambda: "takes too long" in caplog.text or None)
    register_hourly(timeout=timedelta(minutes=10))
    # As after a successful run by another worker, an hour ago.
    Job.objects.update(state="waiting", attempts=0, claimed_by=None, due_at=timezone.now())
    eventually(lambda: len(calls) == 2 or None)

    gates[0].set()
    enqueue(kind="note")  # ends after the first run
    wait_for("done", "note")

    assert wait_for("running", "hourly").attempts == 1
    gates[1].set()
    eventually(lambda: Job.objects.filter(kind="hourly", attempts=0).first())
    worker.stop()
    worker.join(60)


def test_stopping_worker_finishes_short_jobs(tmp_path: Path) -> None:
    enqueue(kind="test.slow", args={"number": 1, "seconds": 2})

    with working(tmp_path) as worker:
        wait_for("running", "test.slow")
        assert worker.stop() == 0

    assert Job.objects.get(kind="test.slow").state == "done"


def test_stopping_worker_releases_long_jobs(register: Register, make_worker: MakeWorker) -> None:
    gate = threading.Event()
    register("hangs", retries=0).on_call = gate.wait
    worker = make_worker(grace_seconds=0.1)
    enqueue(kind="hangs")
    worker.start()
    wait_for("running", "hangs")

    worker.stop()
    worker.join(60)

    row = Job.objects.get()
    assert (row.state, row.attempts, worker.is_alive()) == ("waiting", 0, False)
    gate.set()


def test_frozen_worker_loses_its_jobs_and_records_nothing_afterwards(tmp_path: Path) -> None:
    enqueue(kind="test.slow", args={"number": 1, "seconds": 3})
    with working(tmp_path, **LEASE) as frozen:
        eventually(lambda: frozen.notes.exists() or None)
        freeze(frozen.pid)
        with working(tmp_path, **LEASE):
            row = wait_for("done", "test.slow")
        frozen.signal(signal.SIGCONT)
        enqueue(kind="test.note", args={"number": 2})
        wait_for("done", "test.note")

    assert row.attempts >= 2
    assert set(states()) == {"done", "waiting"}
    assert (frozen.notes.read_text().split()[-1], frozen.log.count("Traceback")) == ("2", 0)


def test_worker_survives_an_unavailable_database(tmp_path: Path) -> None:
    nowhere = "postgres://postgres@127.0.0.1:9/nothing"

    with working(tmp_path, DATABASE_URL=nowhere) as worker:
        eventually(lambda: worker.log.count("The database is away, jobs wait") > 1 or None)
        assert worker.stop() == 0

    assert "Traceback" not in worker.log


def test_outcome_is_recorded_once_the_table_is_back(
    register: Register, make_worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()
    calls = register()
    calls.on_call = gate.wait
    worker = make_worker()
    worker.start()
    enqueue(kind="note")
    wait_for("running", "note")

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME TO jobs_away")
        gate.set()
        eventually(lambda: caplog.text.count("Looking for jobs failed.") > 1 or None)
        cursor.execute("ALTER TABLE jobs_away RENAME TO jobs_job")
    wait_for("done", "note")

    worker.stop()
    worker.join(60)
    assert calls == [{}]


def test_worker_that_stops_without_a_database_leaves_its_jobs_to_their_leases(
    register: Register, make_worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()
    register().on_call = gate.wait
    worker = make_worker()
    worker.start()
    enqueue(kind="note")
    wait_for("running", "note")

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME TO jobs_away")
        gate.set()
        worker.stop()
        worker.join(60)
        cursor.execute("ALTER TABLE jobs_away RENAME TO jobs_job")

    assert not worker.is_alive()
    assert "Jobs could not be released." in caplog.text
    assert states() == ["running"]


def test_worker_goes_on_after_an_error_of_the_code(
    register: Register, make_worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    errors = [ValueError("It broke.")]

    def interval() -> timedelta:
        if errors:
            raise errors.pop()
        return timedelta(hours=1)

    calls = register("tick", every=interval)
    worker = make_worker()

    worker.start()
    eventually(lambda: Job.objects.filter(due_at__gt=timezone.now() + MINUTES).first())
    worker.stop()
    worker.join(60)

    assert calls == [{}]
    assert caplog.text.count("Looking for jobs failed.") == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_command_fails_when_its_worker_has_ended_by_itself(register: Register) -> None:
    def interval() -> timedelta:
        connection.close()  # nobody else closes it when the thread ends like this
        sys.exit("The worker's thread ends.")

    register("tick", every=interval)
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}

    try:
        with pytest.raises(CommandError, match="stopped unexpectedly"):
            call_command("worker")
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_job_enqueued_in_this_process_runs_at_once(
    register: Register, make_worker: MakeWorker, settings: Any
) -> None:
    settings.JOB_POLL_SECONDS = 3600.0
    settings.JOB_LEASE_SECONDS = 7200
    calls = register()
    worker = make_worker()
    worker.start()

    enqueue(kind="note")
    wait_for("done", "note")
    enqueue(kind="note", delay=timedelta(milliseconds=50))
    eventually(lambda: len(calls) == 2 or None)
    worker.stop()
    worker.join(10)


def test_one_kind_does_not_use_all_threads(register: Register, make_worker: MakeWorker) -> None:
    gate = threading.Event()
    register("hangs").on_call = gate.wait
    quick = register("quick")
    worker = make_worker(threads=4)
    enqueue_many(kind="hangs", calls=[Call()] * 8)
    enqueue(kind="quick")

    worker.start()
    eventually(lambda: quick or None)

    assert Job.objects.filter(kind="hangs", state="running").count() == 3
    gate.set()
    worker.stop()
    worker.join(60)


def test_kind_with_its_own_threads_uses_no_others(
    register: Register, make_worker: MakeWorker
) -> None:
    gate = threading.Event()
    register("waits", threads=6).on_call = gate.wait
    quick = register("quick")
    worker = make_worker(threads=2)
    enqueue_many(kind="waits", calls=[Call()] * 8)
    worker.start()
    eventually(lambda: held("waits") == 6 or None)

    enqueue(kind="quick")
    eventually(lambda: quick or None)

    assert held("waits") == 6
    gate.set()
    eventually(lambda: states() == ["done"] * 9 or None)
    worker.stop()
    worker.join(60)


def held(kind: str) -> int:
    return Job.objects.filter(kind=kind, state="running").count()


def test_worker_skips_excluded_kinds(register: Register, make_worker: MakeWorker) -> None:
    left, taken = register("left"), register("taken")
    worker = make_worker()
    enqueue(kind="left")
    enqueue(kind="taken")

    worker.start(without={"left"})
    eventually(lambda: taken or None)
    worker.stop()
    worker.join(60)

    assert (left, Job.objects.get(kind="left").state) == ([], "waiting")


def test_web_process_runs_jobs_unless_disabled() -> None:
    with WebServer(JOBS_IN_WEB="0") as server:
        assert STARTED not in server.log.read_text()
    with WebServer(PUSH_IN_WEB="0") as server:
        eventually(lambda: STARTED in server.log.read_text() or None)
        eventually(
            lambda: Job.objects.exclude(finished_at=None).first()
        )  # the pruning job, which the worker enqueues itself
        server.send_signal(signal.SIGTERM)
        server.wait(60)
