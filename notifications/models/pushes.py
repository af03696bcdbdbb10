from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.models import Conversation
from notifications.models.devices import MAX_REASON, DeviceToken
from users.models import User


class PushCursor(models.Model):
    """
    The positions of the two scans for unread messages, in a single row.

    Only the process that holds the row's lock may scan. Each message is scanned twice, in the order of
    message ids. Ids are assigned before the commit, so a message may be committed after the first scan
    has passed its id. The second scan finds it a minute later.
    """

    ONLY = 1

    # The previous release reads these column names.
    scanned_up_to = models.BigIntegerField(default=0, db_column="first_look")
    rescanned_up_to = models.BigIntegerField(default=0, db_column="second_look")

    class Meta:
        constraints = (CheckConstraint(condition=Q(id=1), name="push_cursor_is_one_row"),)

    def __str__(self) -> str:
        return f"Scanned up to message {self.scanned_up_to}"


class PushMark(models.Model):
    """
    The newest message for which a notification was queued, per conversation and recipient.

    It prevents duplicate notifications.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # A message's `created_version`. Unlike ids, a conversation's versions are committed in order.
    up_to = models.PositiveIntegerField()

    class Meta:
        constraints = (
            UniqueConstraint(fields=["conversation", "recipient"], name="push_mark_once"),
        )

    def __str__(self) -> str:
        return f"User {self.recipient_id} in conversation {self.conversation_id}: {self.up_to}"


class PushDeliveryQuerySet(models.QuerySet["PushDelivery"]):
    def due(self) -> PushDeliveryQuerySet:
        return self.filter(due_at__lte=timezone.now())


class PushDelivery(models.Model):
    """
    A notification that a process of the previous release queued; this release enqueues jobs instead.

    `sweep` converts due rows to jobs. The next release will drop the table.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    device = models.ForeignKey(DeviceToken, on_delete=models.CASCADE, related_name="+")
    up_to = models.PositiveIntegerField()
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_failure = models.CharField(max_length=100, blank=True)

    objects = PushDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("push deliveries")
        ordering = ("due_at",)
        constraints = (
            UniqueConstraint(fields=["conversation", "device"], name="push_delivery_once"),
        )
        indexes = (Index(fields=["due_at"], name="push_delivery_due"),)

    def __str__(self) -> str:
        return f"Conversation {self.conversation_id} to device {self.device_id}"


class DeliveryOutcome(models.Model):
    """
    How an attempt to notify a person on a device ended, or why none was made. It contains no text.

    There is a row for each attempt, and one if the person could be notified on no device. There is none
    if the message was read within `PUSH_DELAY_SECONDS`, or if the person has no device at all.
    """

    class Result(models.TextChoices):
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed, will be tried again")
        GIVEN_UP = "given_up", _("failed, given up")
        REFUSED = "refused", _("refused")
        GONE = "gone", _("refused, device switched off")
        SKIPPED = "skipped", _("not sent")

    # Without constraints in the database: storing a row locks no conversation and no person.
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    # A plain number, because the row outlives the device.
    device_id = models.BigIntegerField("device", db_index=True)
    # The `created_version` of the newest message that the notification is about.
    up_to = models.PositiveIntegerField()
    result = models.CharField(max_length=8, choices=Result.choices)
    reason = models.CharField(max_length=MAX_REASON, blank=True)
    # 0 if no notification was queued.
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField("time", default=timezone.now)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Conversation {self.conversation_id} to device {self.device_id}: {self.result}"
