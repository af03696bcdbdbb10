from django.conf import settings
from django.db.models.functions import Now

from jobs.models import Job, JobQuerySet

BATCH = 1000


def prune_jobs() -> int:
    """
    Delete jobs that ended long ago; return the number deleted.

    Successful jobs are deleted after `JOB_KEEP_DONE`, failed and discarded jobs after
    `JOB_KEEP_FAILED`. A value of 0 keeps them for ever.
    """
    deleted = 0
    ended = Job.objects.order_by("finished_at")
    if keep := settings.JOB_KEEP_DONE:
        deleted += _delete(ended.filter(state=Job.State.DONE, finished_at__lt=Now() - keep))
    if keep := settings.JOB_KEEP_FAILED:
        others = ended.filter(state__in=(Job.State.FAILED, Job.State.DISCARDED))
        deleted += _delete(others.filter(finished_at__lt=Now() - keep))
    return deleted


def _delete(rows: JobQuerySet) -> int:
    """Delete the rows in batches, each in its own transaction, so that writers wait only briefly."""
    deleted = 0
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        deleted += Job.objects.filter(pk__in=ids).delete()[0]
    return deleted
