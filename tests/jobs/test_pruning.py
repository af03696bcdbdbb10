from datetime import timedelta
from typing import Any

import pytest

from jobs.models import Job
from jobs.services import pruning
from jobs.services.enqueueing import Call, enqueue, enqueue_many
from jobs.services.pruning import prune_jobs
from jobs.services.scheduling import ensure_scheduled
from tests.jobs.conftest import Later, Register
from tests.jobs.running import claim, fail, run_due, states

pytestmark = pytest.mark.django_db

DAY = 24 * 60 * 60


def test_done_jobs_are_deleted_after_a_day_and_failed_ones_after_a_month(
    register: Register, later: Later
) -> None:
    register(retries=0)
    enqueue(kind="note")
    fail(claim())
    enqueue(kind="note")
    run_due()
    enqueue(kind="note")
    assert states() == ["failed", "done", "waiting"]

    later(DAY - 5)
    assert prune_jobs() == 0
    later(10)
    assert prune_jobs() == 1
    assert states() == ["failed", "waiting"]
    later(29 * DAY)
    assert prune_jobs() == 1
    assert states() == ["waiting"]


def test_zero_days_keep_jobs_for_ever(register: Register, later: Later, settings: Any) -> None:
    settings.JOB_KEEP_DONE = settings.JOB_KEEP_FAILED = timedelta(0)
    register(retries=0)
    enqueue(kind="note")
    fail(claim())
    enqueue(kind="note")
    run_due()

    later(9999 * DAY)

    assert (prune_jobs(), states()) == (0, ["failed", "done"])


def test_recurring_job_waits_on_however_long_ago_it_ran(register: Register, later: Later) -> None:
    register(every=timedelta(days=60))
    ensure_scheduled()
    run_due()

    later(31 * DAY)

    assert (prune_jobs(), states()) == (0, ["waiting"])


def test_many_are_pruned_in_batches(
    register: Register, later: Later, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    register()
    enqueue_many(kind="note", calls=[Call()] * 7)
    run_due()
    later(settings.JOB_KEEP_DONE.total_seconds() + 5)

    assert prune_jobs() == 7
    assert not Job.objects.exists()
