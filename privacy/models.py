from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from messaging.models import REASON_MAX_LENGTH


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def ready(self) -> DataExportQuerySet:
        """Return exports that can be downloaded now."""
        return self.filter(expires_at__gt=timezone.now())

    def pending(self) -> DataExportQuerySet:
        """Return exports that a job is still to write."""
        return self.filter(expires_at=None)


class DataExport(models.Model):
    """
    A zip file with everything that the product stores about a person, kept for `DATA_EXPORT_DAYS`.

    The file is in the database, in parts: so it is private, all processes can read it, and it is deleted
    with the account.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # These are empty if the person asked for it. Only the staff user who gave the reason may download it.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        db_index=False,
    )
    requested_by_email = models.EmailField(blank=True)
    reason = models.CharField(max_length=REASON_MAX_LENGTH, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Data of account {self.user_id}"


class DataExportPart(models.Model):
    """A piece of an export's zip file."""

    export = models.ForeignKey(
        DataExport, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["export", "number"], name="privacy_part_once"),
        )

    def __str__(self) -> str:
        return f"Part {self.number} of export {self.export_id}"
