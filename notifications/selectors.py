"""Reads the positions of the scans for unread messages, and the devices that can be notified."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, Max, Q, Subquery
from django.utils import timezone

from messaging.models import Message
from notifications.models import (
    DeviceToken,
    DeviceTokenQuerySet,
    NotificationPreferences,
    PushCursor,
    PushDelivery,
)
from users.models import User


@dataclass(frozen=True)
class Backlog:
    """The state of the two scans for unread messages. If `is_drained`, both have scanned every message."""

    has_devices: bool
    newest_id: int
    is_drained: bool
    # Whether there are due rows that a process of the previous release has stored.
    has_old_deliveries: bool


def get_backlog() -> Backlog | None:
    """Return the state of both scans for unread messages (a cheap query), or None without a PushCursor."""
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


def find_reach(after: int, *, seconds: float, most: int) -> int:
    """
    Return the id of the last message that a scan may reach.

    It is the newest of the next `most` messages that is at least `seconds` old. If there is none,
    return `after`.
    """
    old_enough = Q(created_at__lte=timezone.now() - timedelta(seconds=seconds))
    some = Message.objects.filter(pk__gt=after).order_by("pk")[:most]
    reach: int | None = some.aggregate(reach=Max("pk", filter=old_enough))["reach"]
    return reach or after


def has_devices() -> bool:
    """Return whether any user has a device of a kind that this server is configured for."""
    return get_served_devices().exists()


def is_configured() -> bool:
    """Return whether this server is configured for any kind of device."""
    return bool(settings.VAPID_PRIVATE_KEY or settings.FCM_CREDENTIALS_FILE)


def get_served_devices() -> DeviceTokenQuerySet:
    """Return the devices of the kinds that this server is configured for, reachable or not."""
    web = {"platform": DeviceToken.Platform.WEB, "token__startswith": "{"}
    devices = DeviceToken.objects.all()
    if not settings.VAPID_PRIVATE_KEY:
        devices = devices.exclude(**web)
    if not settings.FCM_CREDENTIALS_FILE:
        devices = devices.filter(**web)
    return devices


def list_device_ids(user_ids: Collection[int]) -> dict[int, list[int]]:
    """Return {user id: ids of the devices that can be notified}, only for users who have one."""
    found: dict[int, list[int]] = {}
    devices = get_served_devices().reachable().filter(user__in=user_ids)
    for pk, user_id in devices.values_list("pk", "user_id"):
        found.setdefault(user_id, []).append(pk)
    return found


@dataclass(frozen=True)
class Delivery:
    """A device to notify of a conversation's messages whose `created_version` is at most `up_to`."""

    conversation_id: int
    recipient_id: int
    device_id: int
    up_to: int


@dataclass(frozen=True)
class EmailPreferences:
    """After what time a user gets emails about unread messages; none at all if `is_silenced`."""

    unread_messages: str
    is_silenced: bool


def get_email_preferences(user: User) -> EmailPreferences:
    """Return a user's choice, or the default if the user has not chosen."""
    stored = get_preferences(user)
    return EmailPreferences(
        unread_messages=stored.unread_email or settings.UNREAD_EMAIL_DEFAULT,
        is_silenced=not stored.new_message,
    )


def get_preferences(user: User) -> NotificationPreferences:
    """Return a user's preferences; the defaults, unsaved, if the user has not changed any."""
    stored = NotificationPreferences.objects.filter(user=user).first()
    return stored or NotificationPreferences(user=user)
