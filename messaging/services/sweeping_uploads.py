"""Deletes uploads that were not sent, and files that belong to no upload."""

from datetime import timedelta

from django.utils import timezone

from media.files import delete_files, is_older, list_files
from messaging.models import Attachment
from messaging.photos import SHARDS, key_of
from messaging.services.uploading import forget

BATCH = 500
# Files are stored before their row. By then, the row is committed, or never will be.
ORPHAN_AGE = timedelta(days=1)


def sweep_uploads() -> int:
    """Forget uploads that were not sent within a day; return their number."""
    total = 0
    while swept := forget(Attachment.objects.expired().order_by("pk")[:BATCH]):
        total += swept
    return total


def sweep_files(*, folder: int) -> int:
    """
    Delete files in one of the 256 folders that belong to no upload; return their number.

    They are left behind if a process ends between storing files and the row, or if an older backup of the
    database was restored. Photos of deleted messages are forgotten, too: the previous release, which knows
    no photos, leaves them behind when it takes a message down.
    """
    names = list_files(SHARDS[folder])
    return sum(_sweep(names[at : at + BATCH]) for at in range(0, len(names), BATCH))


def _sweep(names: list[str]) -> int:
    keys = {key for name in names if (key := key_of(name))}
    forget(Attachment.objects.filter(key__in=keys, message__removed_at__isnull=False))
    known = set(Attachment.objects.filter(key__in=keys).values_list("key", flat=True))
    before = timezone.now() - ORPHAN_AGE
    orphans = [each for each in names if key_of(each) not in known and is_older(each, before)]
    delete_files(orphans)
    return len(orphans)
