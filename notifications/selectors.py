"""Reads: the messages to scan, the devices to reach, and the contents of a notification."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils.text import Truncator

from messaging.models import Conversation, Message
from notifications.models import (
    DeviceToken,
    DeviceTokenQuerySet,
    PushCursor,
    PushDelivery,
    PushMark,
)

TITLE_LENGTH = BODY_LENGTH = 100


@dataclass(frozen=True)
class Backlog:
    """The messages that were not scanned yet, and whether anybody has a device."""

    has_devices: bool
    newest_id: int
    is_drained: bool
    # Rows that a process of the previous release has stored, and that are due.
    has_old_deliveries: bool


def get_backlog() -> Backlog | None:
    """Return the backlog, in one cheap query; None before the very first scan."""
    cursor: Any = (
        PushCursor.objects.filter(pk=PushCursor.ONLY)
        .annotate(
            newest_id=Subquery(Message.objects.order_by("-pk").values("pk")[:1]),
            has_devices=Exists(get_served_devices()),
            has_old_deliveries=Exists(PushDelivery.objects.due()),
        )
        .first()
    )
    if cursor is None:
        return None
    newest_id = cursor.newest_id or 0
    return Backlog(
        has_devices=cursor.has_devices,
        newest_id=newest_id,
        is_drained=cursor.rescanned_up_to >= newest_id,
        has_old_deliveries=cursor.has_old_deliveries,
    )


def has_devices() -> bool:
    """Tell whether anybody has a device that this server is set up to send to."""
    return get_served_devices().exists()


def is_configured() -> bool:
    """Tell whether this server can send to any kind of device."""
    return bool(settings.VAPID_PRIVATE_KEY or settings.FCM_CREDENTIALS_FILE)


def get_served_devices() -> DeviceTokenQuerySet:
    """Return the devices of the kinds that this server is set up to send to, reachable or not."""
    web = {"platform": DeviceToken.Platform.WEB, "token__startswith": "{"}
    devices = DeviceToken.objects.all()
    if not settings.VAPID_PRIVATE_KEY:
        devices = devices.exclude(**web)
    if not settings.FCM_CREDENTIALS_FILE:
        devices = devices.filter(**web)
    return devices


def list_device_ids(user_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the devices on which each of these people can be reached now."""
    found: dict[int, list[int]] = {}
    devices = get_served_devices().reachable().filter(user__in=user_ids)
    for pk, user_id in devices.values_list("pk", "user_id"):
        found.setdefault(user_id, []).append(pk)
    return found


@dataclass(frozen=True)
class Delivery:
    """Messages of a conversation, up to a `created_version`, to be told to one device."""

    conversation_id: int
    recipient_id: int
    device_id: int
    up_to: int


@dataclass(frozen=True)
class Notification:
    """The contents of a notification, and the device that it is sent to."""

    device_id: int
    platform: str
    token: str
    title: str
    body: str
    conversation_id: int
    unread_count: int


def get_notification(delivery: Delivery) -> Notification | None:
    """
    Return the notification that a device should get at this moment, in four queries.

    Return None for a conversation that was read or archived meanwhile, for a recipient who was
    deactivated, and for a device on which they are not signed in any more or that belongs to somebody
    else by now. Also if a later delivery tells of these messages: one of the previous release, which
    may run at the same time, does not share the key of a job.
    """
    devices = get_served_devices().reachable().filter(user=delivery.recipient_id)
    device = devices.filter(pk=delivery.device_id).first()
    conversation = _describe(delivery).first() if device else None
    if device is None or conversation is None or not conversation.count:
        return None
    text = conversation.text if conversation.count == 1 else f"{conversation.count} new messages"
    return Notification(
        device_id=device.pk,
        platform=device.platform,
        token=device.token,
        title=_cut(_name_of_other(conversation, delivery.recipient_id), TITLE_LENGTH),
        body=_cut(text, BODY_LENGTH),
        conversation_id=delivery.conversation_id,
        unread_count=_count_unread(delivery.recipient_id),
    )


def _describe(delivery: Delivery) -> QuerySet[Any]:
    """Return the conversation with the number of its unread messages and the newest one's text."""
    unread = (
        Message.objects.unread()
        .exclude(sender=delivery.recipient_id)
        .filter(conversation=OuterRef("pk"), created_version__lte=delivery.up_to)
        .exclude(sender=None)
    )
    counted = unread.order_by().values("conversation").annotate(count=Count("pk"))
    later = PushMark.objects.filter(
        conversation=OuterRef("pk"), recipient=delivery.recipient_id, up_to__gt=delivery.up_to
    )
    return (
        Conversation.objects.filter(~Exists(later), pk=delivery.conversation_id, is_archived=False)
        .select_related("trainer", "trainee")
        .annotate(
            count=Subquery(counted.values("count")),
            text=Subquery(unread.order_by("-created_version").values("content")[:1]),
        )
    )


def _count_unread(user_id: int) -> int:
    """Count the unread messages of a person in all active conversations: their badge."""
    unread = Message.objects.unread().exclude(sender=user_id)
    return sum(
        unread.filter(**{f"conversation__{side}": user_id}, conversation__is_archived=False).count()
        for side in ("trainer", "trainee")
    )


def _name_of_other(conversation: Conversation, recipient_id: int) -> str:
    is_trainer = conversation.trainer_id == recipient_id
    other = conversation.trainee if is_trainer else conversation.trainer
    return (other.get_full_name() if other else "") or "New message"


def _cut(text: str, length: int) -> str:
    """Return a text on one line, and not longer than that many characters."""
    return Truncator(" ".join(text.split())).chars(length)
