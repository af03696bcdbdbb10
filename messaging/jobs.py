from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from messaging.search.indexing import index_messages
from messaging.services.deleting import prune_deleted_texts


@job("messaging.prune_deleted_texts", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune() -> None:
    """Delete the texts of deleted messages that were kept for support."""
    prune_deleted_texts()


# A tenth of a core at most, also while the messages of an earlier release are indexed.
SECONDS = 1


@job("messaging.index", every=timedelta(seconds=10), priority=Job.Priority.LOW, retries=30)
def index() -> None:
    """Add new and changed messages to the search index."""
    index_messages(seconds=SECONDS)
