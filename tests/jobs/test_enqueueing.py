"""A job is stored in the transaction that enqueues it, and a key has at most one live job."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs.exceptions import InvalidArguments, UnknownKind
from jobs.models import Job
from jobs.registry import job
from jobs.services.enqueueing import BATCH, Call, enqueue, enqueue_many
from jobs.wake import wake_workers
from tests.jobs.conftest import Later, Register
from tests.jobs.running import claim, fail, run_due, states, succeed
from tests.messaging.parallel import run_at_once

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_job_is_run_with_its_arguments(register: Register) -> None:
    calls = register()
    args = {"user_id": 7, "names": ["Ann", "😀 \\u0000"], "flag": None, "deep": {"share": 0.5}}

    enqueue(kind="note", args=args)
    run_due()

    assert calls == [args]
    assert states() == ["done"]


def test_kind_with_two_handlers_is_refused(register: Register) -> None:
    register("note")

    with pytest.raises(ValueError, match="already has another handler"):
        register("note")


def test_job_of_a_rolled_back_transaction_is_not_stored(register: Register) -> None:
    register()

    with transaction.atomic():
        enqueue(kind="note")
        transaction.set_rollback(True)

    assert states() == []


def test_delayed_job_waits(register: Register, later: Later) -> None:
    calls = register()
    enqueue(kind="note", delay=MINUTE)

    assert run_due() == 0
    later(59)
    assert run_due() == 0
    later(1)
    assert run_due() == 1
    assert calls == [{}]


def test_job_waits_for_a_time(register: Register) -> None:
    register()
    enqueue(kind="note", run_at=timezone.now() + timedelta(days=2))
    enqueue(kind="note", run_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert run_due() == 1
    assert states() == ["waiting", "done"]


def test_unknown_kind_is_refused(register: Register) -> None:
    register()

    with pytest.raises(UnknownKind, match="nota"):
        enqueue(kind="nota")


@pytest.mark.parametrize(
    "args",
    [
        {"when": datetime(2026, 1, 1, tzinfo=UTC)},
        {"pair": (1, 2)},
        {"by_id": {1: "one"}},
        {"share": float("nan")},
        {"text": "a\0b"},
        {"text": "\ud83d"},
        {"text": "x" * 20_000},
    ],
    ids=lambda args: next(iter(args)),
)
def test_arguments_that_json_would_change_are_refused(
    register: Register, args: dict[str, Any]
) -> None:
    register()

    with pytest.raises(InvalidArguments):
        enqueue(kind="note", args=args)
    assert states() == []


def test_arguments_that_the_handler_does_not_take_are_refused(register: Register) -> None:
    register()
    job("typed")(lambda *, user_id: None)

    with pytest.raises(InvalidArguments, match="user_id"):
        enqueue(kind="typed", args={"user": 1})


def test_same_key_is_one_job_with_the_newest_arguments_and_the_earliest_time(
    register: Register,
) -> None:
    calls = register()

    enqueue(kind="note", args={"n": 1}, key="7", delay=MINUTE)
    enqueue(kind="note", args={"n": 2}, key="7")
    enqueue(kind="note", args={"n": 3}, key="7", delay=MINUTE)

    assert run_due() == 1
    assert calls == [{"n": 3}]


def test_other_keys_other_kinds_and_no_key_are_separate_jobs(register: Register) -> None:
    register()
    register("other")

    enqueue_many(kind="note", calls=[Call(key="1"), Call(key="2"), Call(), Call()])
    enqueue(kind="other", key="1")

    assert run_due() == 5


def test_enqueueing_again_after_a_failure_keeps_the_retry_time(
    register: Register, later: Later
) -> None:
    calls = register()
    enqueue(kind="note", args={"n": 1}, key="7")
    fail(claim())

    enqueue(kind="note", args={"n": 2}, key="7")

    assert run_due() == 0
    later(10)
    assert run_due() == 1
    assert calls == [{"n": 2}]


def test_enqueueing_again_during_a_run_causes_one_more_run(register: Register) -> None:
    calls = register()
    enqueue(kind="note", args={"n": 1}, key="7")
    claims = claim()

    enqueue(kind="note", args={"n": 2}, key="7")
    enqueue(kind="note", args={"n": 3}, key="7")
    assert claim() == []  # two jobs with the same key never run at the same time
    succeed(claims)

    assert run_due() == 1
    assert calls == [{"n": 3}]
    assert states() == ["done"]


def test_enqueueing_again_during_a_run_uses_the_earliest_time(
    register: Register, later: Later
) -> None:
    register()
    enqueue(kind="note", key="7")
    claims = claim()
    for minutes in (2, 1, 3):
        enqueue(kind="note", key="7", delay=minutes * MINUTE)
    succeed(claims)

    assert run_due() == 0
    later(60)
    assert run_due() == 1


def test_enqueueing_again_during_a_failing_run_causes_one_retry(
    register: Register, later: Later
) -> None:
    calls = register()
    enqueue(kind="note", args={"n": 1}, key="7")
    claims = claim()
    enqueue(kind="note", args={"n": 2}, key="7")
    fail(claims)

    later(10)
    assert (run_due(), run_due()) == (1, 0)
    assert calls == [{"n": 2}]


def test_key_can_be_reused_after_its_job_ended(register: Register) -> None:
    register()
    enqueue(kind="note", key="7")
    run_due()

    enqueue(kind="note", key="7")

    assert states() == ["done", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_same_key_enqueued_concurrently_is_one_job(register: Register) -> None:
    register()

    run_at_once([lambda: enqueue(kind="note", key="7")] * 8)

    assert Job.objects.get().key == "7"


def test_many_jobs_are_stored_in_batches(register: Register) -> None:
    register()

    enqueue_many(kind="note", calls=[Call({"n": n}) for n in range(450)])

    assert Job.objects.count() == 450


def test_jobs_of_several_batches_are_stored_together_or_not_at_all(register: Register) -> None:
    register()
    cannot_be_stored: Any = object()

    with pytest.raises(DatabaseError):
        enqueue_many(kind="note", calls=[*[Call()] * BATCH, Call(key=cannot_be_stored)])

    assert not Job.objects.exists()


def test_workers_of_this_process_are_woken_after_the_commit(
    register: Register, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    register()

    with django_capture_on_commit_callbacks() as callbacks:
        enqueue(kind="note")

    assert callbacks == [wake_workers]
