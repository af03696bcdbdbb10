from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from users.models import User


class EmailStatus(models.TextChoices):
    """Whether a mail server has accepted an email. A failed one may still be retried, and sent later."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Return invitations that have not been accepted, have not expired, and are not outdated."""
        is_current = Q(trainer_epoch=None) | Q(trainer_epoch=F("trainer__access_epoch"))
        return self.filter(is_current, accepted_at__isnull=True, expires_at__gt=timezone.now())

    def listed(self) -> InvitationQuerySet:
        """Return invitations that have not been withdrawn."""
        return self.exclude(cancelled_at__gte=F("expires_at"))

    def pending(self) -> InvitationQuerySet:
        """Return invitations that have been neither accepted nor withdrawn. They may have expired."""
        return self.listed().filter(accepted_at__isnull=True)


class Invitation(models.Model):
    """
    A trainer's invitation to join, emailed as a link that is valid for `lifetime_days`.

    Only a hash of the link's code is stored, so the database alone is not enough to accept an invitation.
    """

    trainer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    message = models.CharField(max_length=1000, blank=True)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    # When the trainer withdrew the invitation, which also ended its validity. It is withdrawn as long as
    # `expires_at` is not later: processes of the previous release renew it without clearing this field.
    cancelled_at = models.DateTimeField(null=True, editable=False)
    # The database default is for processes of the previous release, whose links are valid for seven days.
    lifetime_days = models.PositiveSmallIntegerField(default=7, db_default=7, editable=False)
    # The trainer's access epoch when the link was made. Processes of the previous release leave it NULL.
    trainer_epoch = models.PositiveIntegerField(null=True, editable=False)

    # The result of the last email with the link. The database default is for processes of the previous
    # release, which do not record it.
    email_status = models.CharField(
        max_length=7,
        choices=EmailStatus.choices,
        default=EmailStatus.WAITING,
        db_default=EmailStatus.SENT,
        editable=False,
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["code_hash"], name="trainer_invitation_code_unique"),
            models.UniqueConstraint(
                fields=["trainer", "email"],
                condition=models.Q(accepted_at__isnull=True),
                name="trainer_invitation_one_pending_for_an_address",
            ),
        )

    def __str__(self) -> str:
        return f"{self.trainer_id} invites {self.email}"

    @property
    def is_pending(self) -> bool:
        """Return whether the invitation has been neither accepted nor withdrawn. It may have expired."""
        return self.accepted_at is None and not self.is_cancelled

    @property
    def is_cancelled(self) -> bool:
        """Return whether the trainer has withdrawn the invitation, and has not renewed it since."""
        return self.cancelled_at is not None and self.cancelled_at >= self.expires_at

    @property
    def is_expired(self) -> bool:
        """
        Return whether a pending invitation can no longer be accepted.

        That is so if it is too old, or if the trainer's access has ended since it was sent.
        """
        return self.is_pending and (self.expires_at <= timezone.now() or self.is_outdated)

    @property
    def is_outdated(self) -> bool:
        """Return whether the trainer's access has ended since the invitation was sent."""
        return self.trainer_epoch not in (None, self.trainer.access_epoch)


class Trainee(User):
    """Users who are trainees, for the admin page on which staff change their trainer."""

    class Meta:
        proxy = True
