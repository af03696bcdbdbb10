"""Stores photos that people upload, before they send them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, Sum, Value, When

from jobs.services.enqueueing import enqueue
from media.decoder import Drawing, NotAPicture, TooLarge, TooManyPixels
from media.drawing import draw_anew
from media.files import delete_files, store_files
from messaging.exceptions import (
    NotAPhoto,
    PhotoTooComplex,
    PhotoTooLarge,
    PhotoTooManyPixels,
    TooManyPhotos,
    UploadNotFound,
    UploadQuotaExceeded,
)
from messaging.models import Attachment
from messaging.models.attachments import make_file_key
from messaging.photos import SIDES, name_of, names_of
from users.impersonation import ensure_may_write
from users.models import User

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")


@dataclass(frozen=True)
class Upload:
    """A stored photo; `is_repeat` is True if an earlier request with the same key stored it."""

    attachment: Attachment
    is_repeat: bool


def upload_photo(*, owner: User, file: IO[bytes], upload_key: UUID) -> Upload:
    """
    Store a photo, which belongs to its owner alone until it is sent, and is forgotten after a day.

    A repeated `upload_key` returns the first upload. Call this outside of a transaction, because decoding
    takes seconds. Raise ImpersonationReadOnly, NotAPhoto, PhotoTooLarge, PhotoTooManyPixels,
    PhotoTooComplex, UploadQuotaExceeded, or Busy if no photo can be decoded now.
    """
    ensure_may_write(owner)
    if first := _find_first(owner, upload_key):
        return Upload(first, is_repeat=True)
    _ensure_within_quota(owner)
    drawing = _draw(file)
    key = make_file_key()
    store_files(
        (name_of(key, size), each) for size, each in zip(SIDES, drawing.copies, strict=True)
    )
    try:
        return Upload(_store(owner, upload_key, key, drawing), is_repeat=False)
    except Exception as error:
        delete_files(names_of([key]))
        if isinstance(error, IntegrityError) and (first := _find_first(owner, upload_key)):
            return Upload(first, is_repeat=True)  # it was faster
        raise


def _find_first(owner: User, upload_key: UUID) -> Attachment | None:
    """Return the upload with this key. If it has expired, forget it, so that the key can be used again."""
    found = Attachment.objects.filter(owner=owner, upload_key=upload_key)
    if found.expired().exists():
        forget(found.expired())
    return found.first()


def _ensure_within_quota(owner: User) -> None:
    stored = Attachment.objects.filter(owner=owner).aggregate(total=Sum("bytes"))["total"] or 0
    if settings.UPLOAD_QUOTA_BYTES and stored >= settings.UPLOAD_QUOTA_BYTES:
        raise UploadQuotaExceeded


def _draw(file: IO[bytes]) -> Drawing:
    size: int = file.size  # type: ignore[attr-defined]  # an uploaded file
    if size > settings.MAX_PHOTO_BYTES:
        raise PhotoTooLarge
    try:
        return draw_anew(file, sides=tuple(SIDES.values()), formats=FORMATS)
    except NotAPicture:
        raise NotAPhoto from None
    except TooManyPixels:
        raise PhotoTooManyPixels from None
    except TooLarge:
        raise PhotoTooComplex from None


@transaction.atomic
def _store(owner: User, upload_key: UUID, key: str, drawing: Drawing) -> Attachment:
    return Attachment.objects.create(
        owner=owner,
        upload_key=upload_key,
        key=key,
        width=drawing.width,
        height=drawing.height,
        bytes=len(drawing.copies[-1]),
        blurhash=drawing.blurhash,
    )


@contextmanager
def uploaded_for_message(
    owner: User, images: Sequence[IO[bytes]], uploads: Sequence[int] = ()
) -> Iterator[list[int]]:
    """
    Upload the images of a form, and yield their ids after those of earlier `uploads`.

    Those that the block does not send are forgotten. Raise TooManyPhotos, or as `upload_photo` does.
    """
    ensure_few_photos(len(images) + len(uploads))
    own: list[int] = []
    try:
        for each in images:
            upload = upload_photo(owner=owner, file=each, upload_key=uuid4())
            own.append(upload.attachment.pk)
        yield [*uploads, *own]
    finally:
        if own:
            forget(Attachment.objects.unsent().filter(pk__in=own))


def ensure_few_photos(count: int) -> None:
    """Raise TooManyPhotos if a message cannot have so many."""
    if count > settings.MAX_PHOTOS:
        raise TooManyPhotos


def attach_uploads(*, sender: User, message_id: int, upload_ids: Sequence[int]) -> None:
    """
    Make uploads part of a message, in this order, in the caller's transaction.

    Raise UploadNotFound if one of them is not the sender's, has been sent, or was forgotten.
    """
    positions = [When(pk=pk, then=Value(place)) for place, pk in enumerate(upload_ids)]
    own = Attachment.objects.sendable_by(sender.pk).filter(pk__in=upload_ids)
    if own.update(message=message_id, position=Case(*positions)) != len(upload_ids):
        raise UploadNotFound


def forget_files(message_ids: Iterable[int]) -> None:
    """Delete the photos of messages: the rows in the caller's transaction, the files after its commit."""
    forget(Attachment.objects.filter(message__in=list(message_ids)))


@transaction.atomic
def forget(attachments: Any) -> int:
    """Delete photos, and have a job delete their files; return the number of photos."""
    found = dict(attachments.select_for_update(of=("self",)).values_list("pk", "key"))
    if found:
        Attachment.objects.filter(pk__in=found).delete()
        enqueue(kind="messaging.delete_photos", args={"keys": list(found.values())})
    return len(found)
