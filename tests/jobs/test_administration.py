"""Retrying and discarding jobs."""

from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs.models import Job
from jobs.services.administration import discard_jobs, retry_jobs
from jobs.services.enqueueing import Call, enqueue, enqueue_many
from jobs.services.scheduling import ensure_scheduled
from jobs.wake import wake_workers
from tests.failing import failing_at
from tests.jobs.conftest import Later, Register
from tests.jobs.running import claim, fail, run_due, states

pytestmark = pytest.mark.django_db


def ids() -> list[int]:
    return list(Job.objects.values_list("pk", flat=True))


def test_failed_job_is_retried_with_a_full_number_of_tries(register: Register) -> None:
    calls = register(retries=1)
    enqueue(kind="note", args={"n": 1})
    Job.objects.update(attempts=1)
    fail(claim())
    assert states() == ["failed"]

    assert retry_jobs(job_ids=ids()) == 1

    row = Job.objects.get()
    assert (row.attempts, row.finished_at, row.last_error) == (0, None, "It broke.")
    assert run_due() == 1
    assert calls == [{"n": 1}]


def test_retry_wakes_the_workers_after_the_commit(
    register: Register, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    register()
    enqueue(kind="note")

    with django_capture_on_commit_callbacks() as callbacks:
        retry_jobs(job_ids=ids())

    assert callbacks == [wake_workers]


def test_job_waiting_for_its_retry_becomes_due(register: Register) -> None:
    register()
    enqueue(kind="note")
    fail(claim())
    assert run_due() == 0

    assert retry_jobs(job_ids=ids()) == 1

    assert run_due() == 1


def test_job_whose_key_is_live_again_is_not_retried(register: Register) -> None:
    register(retries=0)
    enqueue(kind="note", key="7")
    fail(claim())
    enqueue(kind="note", key="7")

    assert retry_jobs(job_ids=[Job.objects.earliest("pk").pk]) == 0

    assert states() == ["failed", "waiting"]


def test_running_and_done_jobs_are_not_changed(register: Register) -> None:
    register()
    enqueue(kind="note")
    run_due()
    enqueue(kind="note")
    claim()

    assert (retry_jobs(job_ids=ids()), discard_jobs(job_ids=ids())) == (0, 0)

    assert states() == ["done", "running"]


def test_discarded_job_never_runs_and_stays_without_its_arguments(register: Register) -> None:
    calls = register(retries=0)
    enqueue(kind="note", args={"n": 1})
    fail(claim())
    enqueue(kind="note", args={"n": 2}, key="7")

    assert discard_jobs(job_ids=ids()) == 2

    assert [(each.state, each.args) for each in Job.objects.all()] == [("discarded", {})] * 2
    assert (run_due(), calls) == (0, [])
    enqueue(kind="note", key="7")
    assert run_due() == 1


def test_discarded_recurring_job_skips_one_run(register: Register, later: Later) -> None:
    register(every=timedelta(hours=1))
    ensure_scheduled()

    discard_jobs(job_ids=ids())
    ensure_scheduled()

    assert (states(), run_due()) == (["discarded", "waiting"], 0)
    later(3600)
    assert run_due() == 1


def test_job_of_an_unknown_kind_can_be_discarded(register: Register) -> None:
    register()
    enqueue(kind="note")
    Job.objects.update(kind="of.yesterday")

    assert discard_jobs(job_ids=ids()) == 1


def test_discarding_that_fails_halfway_discards_nothing(register: Register) -> None:
    def interval() -> timedelta:
        raise ValueError("It broke.")

    register(every=interval)
    ensure_scheduled()

    with pytest.raises(ValueError, match="It broke"):
        discard_jobs(job_ids=ids())

    assert states() == ["waiting"]


def test_retrying_that_fails_halfway_retries_nothing(register: Register) -> None:
    register(retries=0)
    enqueue_many(kind="note", calls=[Call(), Call()])
    fail(claim())

    with failing_at("UPDATE", after="UPDATE"):
        retry_jobs(job_ids=ids())

    assert states() == ["failed", "failed"]
