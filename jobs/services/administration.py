"""Actions that staff can take on jobs in the admin. Jobs that are running are left alone."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from jobs.exceptions import UnknownKind
from jobs.models import Job
from jobs.registry import get_kind
from jobs.services.scheduling import schedule_next
from jobs.wake import wake_workers

RESTING = (Job.State.WAITING, Job.State.FAILED)


@transaction.atomic
def retry_jobs(*, job_ids: Collection[int]) -> int:
    """
    Make waiting and given-up jobs due now, and reset their attempts; return the number of these jobs.

    Skip a given-up job if another job with the same kind and key is waiting or running, because that
    job will do the work.
    """
    retried = sum(_retry(pk) for pk in sorted(job_ids))
    transaction.on_commit(wake_workers)
    return retried


def _retry(pk: int) -> int:
    try:
        with transaction.atomic():
            return Job.objects.filter(pk=pk, state__in=RESTING).update(
                state=Job.State.WAITING, due_at=Now(), attempts=0, finished_at=None
            )
    except IntegrityError:
        return 0


@transaction.atomic
def discard_jobs(*, job_ids: Collection[int]) -> int:
    """
    Discard the waiting and given-up jobs among `job_ids`; return the number of discarded jobs.

    These jobs do not run. If one of them is recurring, only this one run is skipped.
    """
    rows = Job.objects.filter(pk__in=job_ids, state__in=RESTING).select_for_update()
    kinds = dict(rows.order_by("pk").values_list("pk", "kind"))
    discarded = Job.objects.filter(pk__in=kinds).update(
        state=Job.State.DISCARDED, due_at=None, finished_at=Now(), args={}
    )
    for name in set(kinds.values()):
        _schedule_next(name)
    return discarded


def _schedule_next(name: str) -> None:
    try:
        schedule_next(get_kind(name))
    except UnknownKind:
        return
