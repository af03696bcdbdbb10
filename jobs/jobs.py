from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from jobs.services.pruning import prune_jobs


@job("jobs.prune", every=timedelta(hours=1), priority=Job.Priority.LOW)
def prune() -> None:
    """Delete jobs that ended long ago."""
    prune_jobs()
