import tempfile
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from api.throttling import hit
from db.batches import delete_in_batches
from jobs.services.enqueueing import enqueue
from messaging.services.inspecting import begin_reading_of_person, record_reading_of_person
from privacy.archive import write_archive
from privacy.models import DataExport, DataExportPart
from users.exceptions import InvalidToken
from users.impersonation import ensure_may_write
from users.locking import lock_account
from users.models import User

PART_BYTES = 256 * 1024
# The number of parts that are deleted in a transaction.
PARTS_AT_ONCE = 20
# A larger file is written to disk while it is being composed.
MEMORY_BYTES = 4 * 1024 * 1024
# By then, all retries of the job have failed.
WRITING_LIFETIME = timedelta(days=1)


@transaction.atomic
def request_own_export(*, user: User) -> DataExport:
    """
    Have a job export a user's own data; return the export, which may have been requested before.

    Raise ImpersonationReadOnly, TooFast, or InvalidToken if the account has ended meanwhile.
    """
    ensure_may_write(user)
    if lock_account(user) is None:
        raise InvalidToken
    if pending := DataExport.objects.pending().filter(user=user.pk).first():
        return pending
    hit("exports", user.pk)
    return _request(user)


@transaction.atomic
def request_export(*, user: User, by: User, reason: str) -> DataExport:
    """
    Have a job export a person's data, for a staff user, who may then download it.

    The export contains the person's messages. So it needs the permission to read them, and a reason, and
    it is recorded like a reading of each conversation. Raise ReadingNotAllowed, or FieldInvalid without a
    reason.
    """
    reason = begin_reading_of_person(reader=by, person=user, reason=reason)
    return _request(user, requested_by=by, requested_by_email=by.email, reason=reason)


def get_export_for_staff(*, export_id: int, reader: User) -> DataExport | None:
    """
    Return an export that this staff user may download now, and record it; None if there is none.

    Raise ReadingNotAllowed without the permission to read messages.
    """
    own = DataExport.objects.ready().filter(pk=export_id, requested_by=reader)
    export = own.select_related("user").first()
    if export:
        record_reading_of_person(reader=reader, person=export.user, reason=export.reason)
    return export


def forget_requester(*, user_id: int, name: str) -> None:
    """Replace the email address in the exports that a person requested for others with `name`."""
    requested = DataExport.objects.filter(requested_by=user_id)
    requested.update(requested_by=None, requested_by_email=name)


def _request(user: User, **requester: Any) -> DataExport:
    export = DataExport.objects.create(user_id=user.pk, **requester)
    enqueue(kind="privacy.export", args={"export_id": export.pk}, key=str(export.pk))
    return export


def write_export(*, export_id: int) -> None:
    """
    Compose an export's zip file and store it. Do nothing if the account or the export was deleted.

    The parts are stored one by one, and the export is ready after the last. A repeated call begins anew.
    """
    export = DataExport.objects.pending().filter(pk=export_id, user__erased_at=None).first()
    if export is None:
        return
    DataExportPart.objects.filter(export=export).delete()
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as file:
        write_archive(export.user, file)
        size = file.tell()
        file.seek(0)
        _store(export, file)
    expires_at = timezone.now() + timedelta(days=settings.DATA_EXPORT_DAYS)
    DataExport.objects.filter(pk=export.pk).update(size=size, expires_at=expires_at)


def _store(export: DataExport, file: IO[bytes]) -> None:
    number = 0
    while content := file.read(PART_BYTES):
        DataExportPart.objects.create(export=export, number=number, content=content)
        number += 1


def prune_exports() -> None:
    """
    Delete the exports that have expired, with their files, and those that could not be written.

    A person whose export was not written can then request another.
    """
    now = timezone.now()
    unwritten = Q(expires_at=None, created_at__lte=now - WRITING_LIFETIME)
    expired = DataExport.objects.filter(Q(expires_at__lte=now) | unwritten)
    delete_in_batches(DataExportPart.objects.filter(export__in=expired), size=PARTS_AT_ONCE)
    delete_in_batches(expired)
