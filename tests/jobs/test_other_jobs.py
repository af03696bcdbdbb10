"""Each SQL statement changes only the jobs passed to it, and none of the worker's other jobs."""

import pytest
from django.db.models import F

from jobs.claims import Claim, Failure, Outcome
from jobs.models import Job
from jobs.services.administration import discard_jobs, retry_jobs
from jobs.services.claiming import extend_leases, release_jobs
from jobs.services.enqueueing import enqueue
from jobs.services.finishing import record_outcome
from tests.jobs.conftest import Later, Register
from tests.jobs.running import claim, fail, states, succeed

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(register: Register) -> list[Claim]:
    """Two claimed jobs of a kind that is retried once; the older job comes first."""
    register(retries=1)
    for number in (1, 2):
        enqueue(kind="note", args={"n": number})
    return sorted(claim(), key=lambda each: each.job_id)


def test_lease_of_one_job_is_extended(two: list[Claim], later: Later) -> None:
    later(5)

    extend_leases(worker="worker", claims=two[:1])

    extended, other = Job.objects.order_by("pk")
    assert extended.due_at
    assert other.due_at
    assert (extended.due_at - other.due_at).total_seconds() > 4


def test_one_job_is_released(two: list[Claim]) -> None:
    release_jobs(worker="worker", claims=two[:1])

    assert states() == ["waiting", "running"]


def test_one_job_is_done(two: list[Claim]) -> None:
    succeed(two[:1])

    assert states() == ["done", "running"]


def test_one_job_fails(two: list[Claim]) -> None:
    fail(two[:1])

    assert states() == ["waiting", "running"]


def test_outcome_of_an_earlier_attempt_is_not_recorded(two: list[Claim]) -> None:
    Job.objects.update(attempts=F("attempts") + 1)

    record_outcome(worker="worker", outcome=Outcome(two[0], Failure("It broke.")))
    succeed(two[1:])

    assert states() == ["running", "running"]


def test_one_job_is_retried(two: list[Claim]) -> None:
    Job.objects.update(attempts=2)
    fail([Claim(each.job_id, each.kind, each.args, attempt=2) for each in two])
    assert states() == ["failed", "failed"]

    assert retry_jobs(job_ids=[two[0].job_id]) == 1

    assert states() == ["waiting", "failed"]


def test_one_job_is_discarded(two: list[Claim]) -> None:
    release_jobs(worker="worker", claims=two)

    assert discard_jobs(job_ids=[two[0].job_id]) == 1

    discarded, other = Job.objects.order_by("pk")
    assert (discarded.state, discarded.finished_at is None) == ("discarded", False)
    assert (other.state, other.args) == ("waiting", {"n": 2})


def test_retry_that_succeeds_clears_the_error(two: list[Claim]) -> None:
    fail(two[:1])
    Job.objects.filter(pk=two[0].job_id).update(due_at=F("created_at"))

    succeed(claim())

    done = Job.objects.get(pk=two[0].job_id)
    assert (done.state, done.last_error) == ("done", "")
