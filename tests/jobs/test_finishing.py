"""The state of a job after a run."""

import logging
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jobs.exceptions import GiveUp, RetryLater
from jobs.models import Job
from jobs.registry import get_kind
from jobs.selectors import get_seconds_until_due
from jobs.services.administration import discard_jobs
from jobs.services.enqueueing import enqueue
from jobs.services.finishing import backoff
from jobs.services.scheduling import SCHEDULE_KEY, ensure_scheduled
from tests.jobs.conftest import Later, Register
from tests.jobs.running import claim, fail, run_due, states, succeed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def seconds_until_due() -> float:
    seconds = get_seconds_until_due(kinds=["note"])
    assert seconds is not None
    return seconds


def test_done_job_stays_without_its_arguments(register: Register) -> None:
    register()
    enqueue(kind="note", args={"email": "bob@example.com"})

    run_due()

    row = Job.objects.get()
    assert (row.state, row.args, row.due_at, row.claimed_by) == ("done", {}, None, None)
    assert row.finished_at is not None


def test_done_job_of_a_kind_without_history_is_deleted(register: Register) -> None:
    register(keep_done=False)
    enqueue(kind="note", key="1")
    enqueue(kind="note", key="2")
    claims = claim()
    enqueue(kind="note", key="2")

    succeed(claims)

    assert [(each.key, each.state) for each in Job.objects.all()] == [("2", "waiting")]


def test_failing_job_is_retried_with_backoff_and_then_given_up(
    register: Register, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    calls = register(retries=2)
    calls.errors = [ValueError(f"No {number}\0") for number in range(3)]
    enqueue(kind="note", args={"n": 1})
    pauses = []

    for _ in range(2):
        run_due()
        pauses.append(seconds_until_due())
        later(3600)
    with caplog.at_level(logging.ERROR):
        run_due()

    assert 3 <= pauses[0] <= 7 <= pauses[1] <= 13
    row = Job.objects.get()
    assert (row.state, row.attempts, row.args, len(calls)) == ("failed", 3, {"n": 1}, 3)
    assert row.last_error.startswith("ValueError: No 2 (conftest.py:")
    assert f"Job note {row.pk} was given up: ValueError" in caplog.text


def test_pauses_double_with_jitter_up_to_an_hour(register: Register) -> None:
    register()
    register("slow", first_pause=timedelta(minutes=10))
    kind, slow = get_kind("note"), get_kind("slow")
    pauses = [[backoff(kind, attempt) for _ in range(50)] for attempt in (1, 4, 40)]

    assert all(3.75 <= each <= 6.25 for each in pauses[0])
    assert all(30 <= each <= 50 for each in pauses[1])
    assert all(2700 <= each <= 4500 for each in pauses[2])
    assert all(len(set(each)) > 10 for each in pauses)
    assert 450 <= backoff(slow, 1) <= 750
    assert 900 <= backoff(slow, 2) <= 1500


def test_pauses_of_a_kind_are_as_long_as_it_says(register: Register) -> None:
    register(first_pause=timedelta(seconds=2), longest_pause=timedelta(seconds=10))

    pauses = [backoff(get_kind("note"), attempt) for attempt in (1, 3, 30)]

    assert [round(each / base) for each, base in zip(pauses, (2, 8, 10), strict=True)] == [1, 1, 1]
    assert pauses[2] <= 12.5


def test_handler_can_set_the_retry_time(register: Register) -> None:
    calls = register()
    calls.errors = [RetryLater("HTTP 429", seconds=900)]
    enqueue(kind="note")

    run_due()

    assert seconds_until_due() == pytest.approx(900, abs=5)
    assert Job.objects.get().last_error == "HTTP 429"


def test_retry_time_is_at_least_the_backoff(register: Register) -> None:
    calls = register()
    calls.errors = [RetryLater("HTTP 503", seconds=1)]
    enqueue(kind="note")

    run_due()

    assert seconds_until_due() > 3


def test_handler_can_give_up(register: Register) -> None:
    calls = register()
    calls.errors = [GiveUp("No such address")]
    enqueue(kind="note")

    run_due()

    row = Job.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", 1, "No such address")


def test_handler_that_exits_does_not_end_its_thread(register: Register) -> None:
    calls = register()
    calls.errors = [SystemExit(1)]
    enqueue(kind="note")

    run_due()

    assert Job.objects.get().last_error.startswith("SystemExit: 1")


def test_job_given_up_while_its_key_is_enqueued_starts_over(register: Register) -> None:
    register(retries=0)
    enqueue(kind="note", key="7")
    claims = claim()
    enqueue(kind="note", key="7")

    fail(claims)

    row = Job.objects.get()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert run_due() == 1


def test_recurring_job_runs_again_after_its_interval(register: Register, later: Later) -> None:
    calls = register(every=HOUR)
    ensure_scheduled()
    ensure_scheduled()

    assert (run_due(), run_due()) == (1, 0)
    later(3599)
    ensure_scheduled()
    assert run_due() == 0
    later(1)
    assert run_due() == 1
    assert calls == [{}, {}]
    row = Job.objects.get()
    assert (row.state, row.attempts, row.key) == ("waiting", 0, SCHEDULE_KEY)
    assert row.finished_at is not None


def test_recurring_job_is_first_due_at_once(register: Register) -> None:
    register(every=HOUR)

    ensure_scheduled()

    assert seconds_until_due() == pytest.approx(0, abs=5)


def test_success_of_a_recurring_job_clears_its_last_error(register: Register, later: Later) -> None:
    calls = register(every=HOUR)
    calls.errors = [ValueError("No")]
    ensure_scheduled()
    run_due()
    assert Job.objects.get().last_error.startswith("ValueError: No")

    later(3600)
    run_due()

    assert Job.objects.get().last_error == ""


def test_discarding_a_failed_run_does_not_reschedule_the_running_one(
    register: Register, later: Later
) -> None:
    calls = register(every=HOUR, retries=0)
    calls.errors = [ValueError("No")]
    ensure_scheduled()
    run_due()
    later(3600)
    claims = claim()

    discard_jobs(job_ids=[Job.objects.get(state="failed").pk])
    later(25)
    succeed(claims)

    assert seconds_until_due() == pytest.approx(3600, abs=5)


def test_outcomes_are_recorded_together_or_not_at_all(register: Register) -> None:
    def interval() -> timedelta:
        raise ValueError("It broke.")

    register()
    register("tick", every=interval)
    enqueue(kind="note")
    ensure_scheduled()
    claims = sorted(claim(), key=lambda each: each.kind.name)

    with pytest.raises(ValueError, match="It broke"):
        succeed(claims)

    assert states() == ["running", "running"]


def test_interval_is_read_before_each_run(register: Register) -> None:
    intervals = [timedelta(seconds=60), timedelta(seconds=600)]
    register(every=lambda: intervals.pop(0))
    ensure_scheduled()

    run_due()
    first = seconds_until_due()
    enqueue(kind="note", key=SCHEDULE_KEY)
    run_due()

    assert (round(first, -1), round(seconds_until_due(), -1)) == (60, 600)


def test_recurring_job_that_is_given_up_stays_visible_and_recurs(
    register: Register, later: Later
) -> None:
    calls = register(every=HOUR, retries=0)
    calls.errors = [ValueError("No")]
    ensure_scheduled()

    run_due()
    ensure_scheduled()

    assert states() == ["failed", "waiting"]
    assert seconds_until_due() == pytest.approx(3600, abs=5)
    later(3600)
    assert run_due() == 1
    assert states() == ["failed", "waiting"]


def test_states_that_contradict_each_other_cannot_be_stored(register: Register) -> None:
    register()
    enqueue(kind="note")

    for wrong in ({"state": "done"}, {"due_at": None}, {"state": "running"}, {"claimed_by": "me"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.update(**wrong)
    assert states() == ["waiting"]
