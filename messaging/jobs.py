from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from messaging.services.deleting import prune_deleted_texts


@job("messaging.prune_deleted_texts", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune() -> None:
    """Delete the texts of deleted messages that were kept for support."""
    prune_deleted_texts()
