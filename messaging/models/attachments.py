from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils import timezone

from messaging.models.messages import Message

UPLOAD_LIFETIME = timedelta(days=1)


def make_file_key() -> str:
    """Return a random name for the files of a photo, because file names may tell something private."""
    return secrets.token_hex(16)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Filters by owner and age."""

    def unsent(self) -> AttachmentQuerySet:
        return self.filter(message=None)

    def expired(self) -> AttachmentQuerySet:
        """Return the uploads that were not sent within a day."""
        return self.unsent().filter(created_at__lte=timezone.now() - UPLOAD_LIFETIME)

    def sendable_by(self, user_id: int) -> AttachmentQuerySet:
        """Return the uploads that this person can send: their own, not sent, and not expired."""
        since = timezone.now() - UPLOAD_LIFETIME
        return self.unsent().filter(owner=user_id, created_at__gt=since)


class Attachment(models.Model):
    """
    A photo that a person has uploaded; it belongs to nobody else until a message is sent with it.

    `width`, `height` and `bytes` are those of the largest copy. `key` is in the names of its files.
    """

    class Kind(models.TextChoices):
        IMAGE = "image"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads", db_index=False
    )
    # Chosen by the client: a repeated upload returns the first.
    upload_key = models.UUIDField()
    message = models.ForeignKey(
        Message, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.IMAGE)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    blurhash = models.CharField(max_length=64)
    key = models.CharField(max_length=32, default=make_file_key, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = (
            UniqueConstraint(
                fields=["owner", "upload_key"], name="messaging_attachment_upload_once"
            ),
            CheckConstraint(condition=Q(kind="image"), name="messaging_attachment_kind_is_known"),
        )
        indexes = (
            Index(
                fields=["created_at"],
                condition=Q(message=None),
                name="messaging_attachment_unsent",
            ),
        )

    def __str__(self) -> str:
        return f"Attachment {self.pk}"
