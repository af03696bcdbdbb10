"""Only one worker at a time runs a due job, and another takes it over if that worker dies."""

import logging
from datetime import timedelta
from itertools import chain

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from jobs.models import Job
from jobs.registry import list_kinds
from jobs.selectors import get_seconds_until_due
from jobs.services.claiming import claim_jobs, extend_leases, release_jobs
from jobs.services.enqueueing import Call, enqueue, enqueue_many
from tests.jobs.conftest import Later, Register
from tests.jobs.running import claim, fail, run_due, states, succeed
from tests.messaging.parallel import overlapping, run_at_once, run_before_commit

pytestmark = pytest.mark.django_db

LEASE = settings.JOB_LEASE_SECONDS


def test_worker_does_not_claim_a_job_that_it_still_runs(register: Register, later: Later) -> None:
    register()
    enqueue(kind="note")
    (held,) = claim(worker="was frozen")
    later(LEASE + 1)
    enqueue(kind="note")

    running = {held.job_id}
    (other,) = claim_jobs(worker="was frozen", room={"note": 5}, most=5, running=running)

    assert other.job_id != held.job_id
    extend_leases(worker="was frozen", claims=[held])
    assert claim(worker="another") == []


def test_jobs_are_claimed_by_priority_then_by_due_time(register: Register) -> None:
    calls = register()
    urgent = register("urgent", priority=Job.Priority.HIGH)
    now = timezone.now()
    enqueue(kind="note", args={"n": 2}, run_at=now - timedelta(seconds=1))
    enqueue(kind="note", args={"n": 1}, run_at=now - timedelta(seconds=2))
    enqueue(kind="urgent")

    order = [each.kind.name for each in claim(2)]

    assert order == ["urgent", "note"]
    assert [each.args for each in claim(2)] == [{"n": 2}]
    assert (calls, urgent) == ([], [])


def test_clock_of_the_process_does_not_matter(register: Register) -> None:
    register()
    enqueue(kind="note", delay=timedelta(minutes=1))

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert claim() == []
        enqueue(kind="note")
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        assert len(claim()) == 1


def test_claimed_job_is_not_claimed_again_while_its_worker_lives(
    register: Register, later: Later
) -> None:
    register()
    enqueue(kind="note")
    claims = claim(worker="one")

    later(LEASE - 1)
    extend_leases(worker="one", claims=claims)
    later(LEASE - 1)

    assert claim(worker="other") == []


def test_job_of_a_dead_worker_is_run_by_another_one(register: Register, later: Later) -> None:
    register()
    enqueue(kind="note")
    claim(worker="dead")

    later(LEASE)
    (again,) = claim(worker="other")

    assert again.attempt == 2


def test_job_enqueued_again_before_its_worker_died_runs_once(
    register: Register, later: Later
) -> None:
    register()
    enqueue(kind="note", args={"n": 1}, key="7")
    claim(worker="dead")
    enqueue(kind="note", args={"n": 2}, key="7")

    later(LEASE)
    (again,) = claim(worker="other")
    succeed([again], worker="other")

    assert (again.args, states()) == ({"n": 2}, ["done"])


def test_resumed_worker_with_an_expired_lease_records_nothing(
    register: Register, later: Later
) -> None:
    register()
    enqueue(kind="note")
    lost = claim(worker="frozen")
    later(LEASE)
    claims = claim(worker="other")

    extend_leases(worker="frozen", claims=lost)
    fail(lost, worker="frozen")
    release_jobs(worker="frozen", claims=lost)

    assert states() == ["running"]
    succeed(claims, worker="other")
    succeed(lost, worker="frozen")
    assert (states(), Job.objects.get().attempts) == (["done"], 2)


def test_worker_that_reclaimed_its_job_records_nothing_for_the_first_run(
    register: Register, later: Later
) -> None:
    register()
    enqueue(kind="note")
    first = claim()
    later(LEASE)
    claim()

    succeed(first)

    assert states() == ["running"]


@pytest.mark.parametrize("retries", [0, 1])
def test_late_failure_of_an_expired_run_is_neither_recorded_nor_logged(
    register: Register, later: Later, caplog: pytest.LogCaptureFixture, retries: int
) -> None:
    register(retries=retries)
    enqueue(kind="note")
    first = claim()
    Job.objects.update(attempts=0)  # so that the second claim is allowed whatever `retries` is
    later(LEASE)
    claim(worker="other")

    fail(first)

    assert states() == ["running"]
    assert caplog.messages == []


def test_job_that_kills_its_worker_each_time_is_given_up(
    register: Register, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    register(retries=1)
    enqueue(kind="note")
    for _ in range(2):
        assert len(claim()) == 1
        later(LEASE)

    with caplog.at_level(logging.ERROR):
        assert claim() == []

    row = Job.objects.get()
    assert (row.state, row.attempts) == ("failed", 2)
    assert row.last_error == "The worker was killed, or the job exceeded its time limit."
    assert "was given up" in caplog.text


def test_released_job_is_due_at_once_and_keeps_its_tries(register: Register) -> None:
    register(retries=0)
    enqueue(kind="note")

    release_jobs(worker="worker", claims=claim())

    assert [each.attempt for each in claim()] == [1]


def test_unknown_kind_is_left_to_newer_processes(register: Register) -> None:
    register()
    enqueue(kind="note")
    Job.objects.update(kind="of.tomorrow")

    assert claim() == []
    assert get_seconds_until_due(kinds=["note"]) is None
    assert states() == ["waiting"]


def test_claims_of_a_kind_are_limited_to_its_free_slots(register: Register) -> None:
    for name in ("slow", "quick"):
        register(name)
        enqueue_many(kind=name, calls=[Call({"n": n}) for n in range(5)])
    Job.objects.filter(kind="quick").update(
        due_at=timezone.now()
    )  # after all jobs of the other kind

    claims = claim_jobs(worker="worker", room={"slow": 2, "quick": 5}, most=4)

    assert sorted(each.kind.name for each in claims) == ["quick", "quick", "slow", "slow"]


def test_kind_without_free_slots_is_not_claimed(register: Register) -> None:
    register()
    enqueue(kind="note")

    assert claim_jobs(worker="worker", room={}, most=4) == []
    assert claim_jobs(worker="worker", room={"note": 4}, most=0) == []


def test_limit_applies_to_all_workers_together(register: Register, later: Later) -> None:
    register(limit=3)
    enqueue_many(kind="note", calls=[Call()] * 9)

    first = claim(2, worker="one")
    second = claim(9, worker="two")
    assert (len(first), len(second), len(claim(worker="three"))) == (2, 1, 0)

    succeed(first, worker="one")
    assert len(claim(worker="three")) == 2


def test_jobs_of_dead_workers_do_not_count_for_the_limit(register: Register, later: Later) -> None:
    register(limit=2)
    enqueue_many(kind="note", calls=[Call()] * 4)
    claim(worker="dead")

    later(LEASE)

    assert len(claim(worker="other")) == 2


@pytest.mark.django_db(transaction=True)
def test_limit_holds_for_concurrent_claims(register: Register) -> None:
    register(limit=2)
    enqueue_many(kind="note", calls=[Call()] * 20)

    claimed, _ = run_at_once([lambda: claim(5)] * 6)

    assert len(list(chain(*claimed))) == 2


@overlapping
@pytest.mark.django_db(transaction=True)
def test_kind_with_a_limit_is_left_to_the_worker_that_is_claiming(register: Register) -> None:
    register(limit=2)
    register("free")
    enqueue_many(kind="note", calls=[Call()] * 4)
    enqueue(kind="free")

    others = run_before_commit(lambda: claim_jobs(worker="one", room={"note": 1}, most=1), claim)

    assert isinstance(others, list)
    assert [each.kind.name for each in others] == ["free"]
    assert len(claim()) == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_claims_get_each_job_once(register: Register) -> None:
    register()
    enqueue_many(kind="note", calls=[Call()] * 60)

    claimed, _ = run_at_once([lambda: claim(10)] * 6)

    ids = [each.job_id for each in chain(*claimed)]
    assert len(ids) == len(set(ids))
    assert len(ids) + len(claim()) == 60


@overlapping
@pytest.mark.django_db(transaction=True)
def test_job_enqueued_while_its_key_ends_is_not_lost(register: Register) -> None:
    register()
    enqueue(kind="note", key="7")
    claims = claim()

    run_before_commit(lambda: enqueue(kind="note", key="7"), lambda: succeed(claims))
    assert run_due() == 1

    enqueue(kind="note", key="8")
    claims = claim()
    run_before_commit(lambda: succeed(claims), lambda: enqueue(kind="note", key="8"))
    assert run_due() == 1


def test_time_until_the_next_job_is_known(register: Register, later: Later) -> None:
    register()
    register("urgent", priority=Job.Priority.HIGH)
    names = [each.name for each in list_kinds()]
    assert get_seconds_until_due(kinds=names) is None
    assert get_seconds_until_due(kinds=[]) is None

    enqueue(kind="urgent", delay=timedelta(seconds=90))
    enqueue(kind="note", delay=timedelta(seconds=60))
    assert get_seconds_until_due(kinds=names) == pytest.approx(60, abs=5)

    enqueue(kind="note")
    assert get_seconds_until_due(kinds=names) == pytest.approx(0, abs=5)
    later(9)
    assert (get_seconds_until_due(kinds=names) or 0) < -5
