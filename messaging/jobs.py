from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from media.files import delete_files
from messaging.photos import SHARDS, names_of
from messaging.search.indexing import index_messages
from messaging.services import sweeping_uploads
from messaging.services.deleting import prune_deleted_texts


@job("messaging.prune_deleted_texts", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune() -> None:
    """Delete the texts of deleted messages that were kept for support."""
    prune_deleted_texts()


# While many messages wait, as after an upgrade, at most a tenth of a core and of the database's time, in
# batches with pauses: requests meanwhile hardly notice.
SECONDS, SHARE = 20, 0.1


@job("messaging.index", every=timedelta(seconds=10), priority=Job.Priority.LOW, retries=30)
def index() -> None:
    """Add new and changed messages to the search index."""
    index_messages(seconds=SECONDS, share=SHARE)


@job("messaging.delete_photos", retries=30, keep_done=False)
def delete_photos(*, keys: list[str]) -> None:
    """Delete the files of photos whose rows are gone."""
    delete_files(names_of(keys))


@job("messaging.sweep_uploads", every=timedelta(hours=1), priority=Job.Priority.LOW)
def sweep_uploads() -> None:
    """Forget uploads that were not sent within a day."""
    sweeping_uploads.sweep_uploads()


@job(
    "messaging.sweep_photo_files",
    every=timedelta(days=1),
    priority=Job.Priority.LOW,
    limit=1,
    timeout=timedelta(hours=6),
)
def sweep_photo_files() -> None:
    """Delete files of photos that belong to no row."""
    for folder in range(len(SHARDS)):
        sweeping_uploads.sweep_files(folder=folder)
