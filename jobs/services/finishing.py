"""
Records how the runs of jobs ended.

The outcome of a run is ignored if its job has been claimed again since the run began.
"""

import logging
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from jobs.claims import Claim, Failure, Outcome
from jobs.models import Job, JobQuerySet
from jobs.registry import JobKind
from jobs.services.scheduling import schedule_next

logger = logging.getLogger(__name__)

# Each pause varies by up to this fraction, so jobs that failed together are not retried together.
JITTER = 0.25


@transaction.atomic
def record_outcomes(*, worker: str, outcomes: Iterable[Outcome]) -> None:
    """Record how these runs ended: successes in bulk, failures one by one."""
    succeeded: dict[tuple[JobKind, int], list[int]] = defaultdict(list)
    for each in outcomes:
        if each.failure is None:
            succeeded[each.claim.kind, each.claim.attempt].append(each.claim.job_id)
        else:
            record_outcome(worker=worker, outcome=each)
    for (kind, attempt), ids in succeeded.items():
        _finish(Job.objects.held_by(worker).filter(pk__in=ids, attempts=attempt), kind)


def _finish(rows: JobQuerySet, kind: JobKind) -> None:
    """End these jobs. A job that recurs, or whose key was enqueued again, will run again."""
    ended = rows.filter(again_at=None)
    interval = kind.interval
    if interval is not None:
        ended.update(
            state=Job.State.WAITING,
            due_at=Now() + interval,
            attempts=0,
            claimed_by=None,
            last_error="",
            finished_at=Now(),
        )
    elif kind.keep_done:
        # Arguments are no longer needed, and may contain personal data.
        ended.update(
            state=Job.State.DONE,
            due_at=None,
            finished_at=Now(),
            args={},
            claimed_by=None,
            last_error="",
        )
    else:
        ended.delete()
    # In the reverse order, both statements would miss a job that is enqueued between them.
    _run_again(rows)


def _run_again(rows: JobQuerySet) -> None:
    rows.exclude(again_at=None).update(
        state=Job.State.WAITING, due_at=F("again_at"), again_at=None, attempts=0, claimed_by=None
    )


def record_outcome(*, worker: str, outcome: Outcome) -> None:
    """
    Schedule a retry of a failed job. If the failure is final, or no attempt is left, give the job up.

    Leave the job unchanged if it has been claimed again since.
    """
    claim, failure = outcome.claim, outcome.failure
    assert failure is not None  # noqa: S101 - successes are recorded in bulk
    rows = Job.objects.held_by(worker).filter(pk=claim.job_id, attempts=claim.attempt)
    if failure.is_final or claim.attempt > claim.kind.retries:
        _give_up(rows, claim, failure)
    else:
        _retry(rows, claim, failure)


def _retry(rows: JobQuerySet, claim: Claim, failure: Failure) -> None:
    pause = max(backoff(claim.kind, claim.attempt), failure.seconds)
    is_changed = rows.update(
        state=Job.State.WAITING,
        due_at=Now() + timedelta(seconds=pause),
        again_at=None,
        claimed_by=None,
        last_error=failure.error,
    )
    if is_changed:
        logger.warning(
            "Job %s %s failed and is tried again in %.0f s, attempt %s: %s",
            claim.kind.name,
            claim.job_id,
            pause,
            claim.attempt,
            failure.error,
        )


def _give_up(rows: JobQuerySet, claim: Claim, failure: Failure) -> None:
    """
    Give a job up. If its kind recurs, schedule the next run.

    If the job's key was enqueued again during the run, the job waits for a new run instead, with all
    its attempts.
    """
    is_given_up = rows.filter(again_at=None).update(
        state=Job.State.FAILED,
        due_at=None,
        finished_at=Now(),
        claimed_by=None,
        last_error=failure.error,
    )
    if is_given_up:
        schedule_next(claim.kind)
        logger.error("Job %s %s was given up: %s", claim.kind.name, claim.job_id, failure.error)
    else:
        _run_again(rows)


def backoff(kind: JobKind, attempt: int) -> float:
    """
    Return the seconds to wait after a failed attempt.

    The pause doubles with each attempt, up to the kind's `longest_pause`. Then it is made randomly
    longer or shorter, by a fraction of up to `JITTER`.
    """
    doubled = kind.first_pause.total_seconds() * 2.0 ** (attempt - 1)
    pause = min(doubled, kind.longest_pause.total_seconds())
    return pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
