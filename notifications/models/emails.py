from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.devices import MAX_REASON
from notifications.models.preferences import UnreadWait
from users.models import User


class MailCursor(models.Model):
    """
    How far the messages are scanned for emails after an hour, and for those after a day: two rows.

    Only the process that holds a row's lock may scan. Each message is scanned once by each scan, in the
    order of message ids. No transaction lasts an hour, so no message is committed behind a scan.
    """

    wait = models.CharField(primary_key=True, max_length=4, choices=UnreadWait.choices)
    scanned_up_to = models.BigIntegerField()

    class Meta:
        constraints = (
            CheckConstraint(
                condition=Q(wait__in=[UnreadWait.HOUR, UnreadWait.DAY]),
                name="mail_cursor_is_for_an_hour_or_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.wait}: scanned up to message {self.scanned_up_to}"


class MailMark(models.Model):
    """
    Until when a person's messages are covered by an email that was sent.

    An email is due only for a message that was created later.
    """

    user = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    told_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"User {self.user_id} was told until {self.told_until}"


class UnreadMailQuerySet(models.QuerySet["UnreadMail"]):
    def open(self) -> UnreadMailQuerySet:
        """Return emails that are being sent, or will be tried again."""
        return self.filter(result__in=UnreadMail.OPEN)


class UnreadMail(models.Model):
    """
    An email about unread messages, and how sending it ended, or why none was sent. It contains no text.

    An email keeps its row, and so its Message-ID, for all attempts. There is no row if the messages were
    read in time.
    """

    class Result(models.TextChoices):
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed, will be tried again")
        GIVEN_UP = "given_up", _("failed, given up")
        REFUSED = "refused", _("refused")
        SKIPPED = "skipped", _("not sent")

    OPEN = (Result.SENDING, Result.FAILED)

    # Without a constraint in the database: storing a row locks no person.
    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    result = models.CharField(max_length=8, choices=Result.choices, default=Result.SENDING)
    reason = models.CharField(max_length=MAX_REASON, blank=True, default="")
    # What the last attempt was about; 0 if there was none.
    conversations = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField("created", default=timezone.now)
    at = models.DateTimeField("last attempt", default=timezone.now)

    objects = UnreadMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("email about unread messages")
        verbose_name_plural = _("emails about unread messages")
        ordering = ("-id",)
        constraints = (
            UniqueConstraint(
                fields=["recipient"],
                condition=Q(result__in=["sending", "failed"]),
                name="unread_mail_one_open_for_each_person",
            ),
        )

    def __str__(self) -> str:
        return f"Email {self.pk} to user {self.recipient_id}: {self.result}"
