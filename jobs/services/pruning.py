from django.conf import settings
from django.db.models.functions import Now

from jobs.models import Job, JobQuerySet

BATCH = 1000


def prune_jobs() -> int:
    """
    Delete jobs that ended long ago; return the number deleted.

    Successful jobs are deleted after `JOB_KEEP_DONE`, failed and discarded jobs after
    `JOB_KEEP_FAILED`.
    """
    ended = Job.objects.order_by("finished_at")
    done = ended.filter(state=Job.State.DONE, finished_at__lt=Now() - settings.JOB_KEEP_DONE)
    others = ended.filter(
        state__in=(Job.State.FAILED, Job.State.DISCARDED),
        finished_at__lt=Now() - settings.JOB_KEEP_FAILED,
    )
    return _delete(done) + _delete(others)


def _delete(rows: JobQuerySet) -> int:
    """Delete the rows in batches, each in its own transaction, so that writers wait only briefly."""
    deleted = 0
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        deleted += Job.objects.filter(pk__in=ids).delete()[0]
    return deleted
