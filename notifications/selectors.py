"""Reads: whether there is anything to do, and what a notification says when it leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.utils.text import Truncator

from messaging.models import Conversation, Message
from notifications.models import DeviceToken, DeviceTokenQuerySet, PushCursor, PushDelivery

TITLE_LENGTH = BODY_LENGTH = 100


@dataclass(frozen=True)
class Glance:
    """Whether anybody could be notified, and whether there is anything to do about it."""

    has_devices: bool
    newest_id: int
    is_looked_through: bool
    has_due: bool


def glance() -> Glance | None:
    """Return how things stand, in one cheap query; None before the very first look."""
    cursor: Any = (
        PushCursor.objects.filter(pk=PushCursor.ONLY)
        .annotate(
            newest_id=Subquery(Message.objects.order_by("-pk").values("pk")[:1]),
            has_devices=Exists(get_served_devices()),
            has_due=Exists(PushDelivery.objects.due()),
        )
        .first()
    )
    if cursor is None:
        return None
    newest_id = cursor.newest_id or 0
    return Glance(
        cursor.has_devices, newest_id, cursor.second_look >= newest_id, has_due=cursor.has_due
    )


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
class Notification:
    """What is sent to one device, and what it was made from."""

    delivery_id: int
    up_to: int
    attempts: int
    device_id: int
    platform: str
    token: str
    title: str
    body: str
    conversation_id: int
    unread_count: int


def list_notifications(delivery_ids: Collection[int]) -> list[Notification]:
    """
    Return what these deliveries have to say at this moment, in three queries.

    Nothing for a conversation that was read or archived meanwhile, for somebody who was deactivated,
    or for a device where they are not signed in any more, or that is somebody else's by now.
    """
    deliveries = list(_described(delivery_ids))
    badges = _count_unread({each.recipient_id for each in deliveries})
    return [
        _notification(each, badges.get(each.recipient_id, 0)) for each in deliveries if each.count
    ]


def _described(delivery_ids: Collection[int]) -> QuerySet[Any]:
    unread = (
        Message.objects.unread_by(OuterRef("recipient"))
        .filter(conversation=OuterRef("conversation"), created_version__lte=OuterRef("up_to"))
        .exclude(sender=None)
    )
    counted = unread.order_by().values("conversation").annotate(count=Count("pk"))
    return (
        PushDelivery.objects.filter(
            pk__in=delivery_ids,
            conversation__is_archived=False,
            device__in=get_served_devices().reachable().values("pk"),
            device__user=F("recipient"),
        )
        .select_related("device", "conversation__trainer", "conversation__trainee")
        .annotate(
            count=Subquery(counted.values("count")),
            text=Subquery(unread.order_by("-created_version").values("content")[:1]),
        )
    )


def _count_unread(user_ids: Collection[int]) -> dict[int, int]:
    """Count what each of these people has not read in all active conversations: their badge."""
    counts: dict[int, int] = {}
    for side in ("trainer", "trainee"):
        person = f"conversation__{side}"
        unread = Message.objects.unread_by(F(person))
        mine = unread.filter(**{f"{person}__in": user_ids}, conversation__is_archived=False)
        for user_id, count in mine.values_list(person).annotate(Count("pk")).order_by():
            counts[user_id] = counts.get(user_id, 0) + count
    return counts


def _notification(delivery: Any, unread_count: int) -> Notification:
    text = delivery.text if delivery.count == 1 else f"{delivery.count} new messages"
    return Notification(
        delivery_id=delivery.pk,
        up_to=delivery.up_to,
        attempts=delivery.attempts,
        device_id=delivery.device_id,
        platform=delivery.device.platform,
        token=delivery.device.token,
        title=_cut(_name_of_other(delivery.conversation, delivery.recipient_id), TITLE_LENGTH),
        body=_cut(text, BODY_LENGTH),
        conversation_id=delivery.conversation_id,
        unread_count=unread_count,
    )


def _name_of_other(conversation: Conversation, recipient_id: int) -> str:
    is_trainer = conversation.trainer_id == recipient_id
    other = conversation.trainee if is_trainer else conversation.trainer
    return (other.get_full_name() if other else "") or "New message"


def _cut(text: str, length: int) -> str:
    """Return a text on one line, and not longer than that many characters."""
    return Truncator(" ".join(text.split())).chars(length)
