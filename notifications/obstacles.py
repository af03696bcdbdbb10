"""Explains why a person gets no notification on a device. The texts are for support staff."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from messaging.models import Conversation
from notifications.models import DeviceTokenQuerySet, NotificationPreferences, PushMark
from notifications.selectors import Delivery, get_served_devices
from users.models import AuthSession

NO_DEVICE = "the device was removed, or belongs to somebody else"
INACTIVE = "the device is switched off"
DEACTIVATED = "the account is deactivated"
SILENCED = "the person has silenced new messages"
SIGNED_OUT = "the sign-in of the device has ended"
ARCHIVED = "the conversation is archived"
SUPERSEDED = "a later notification covers it"
READ = "read or removed before it was sent"


class Unreachable(NamedTuple):
    """A device on which a person cannot be notified, and the reason."""

    device_id: int
    obstacle: str


def with_obstacle(devices: DeviceTokenQuerySet) -> QuerySet[Any]:
    """Annotate devices with `obstacle`: why they are not `reachable()`, or "" if they are."""
    signed_in = AuthSession.objects.alive().filter(kind=AuthSession.Kind.SIGN_IN)
    silenced = NotificationPreferences.objects.filter(user=OuterRef("user"), new_message=False)
    obstacles = (
        (Q(is_active=False), INACTIVE),
        (Q(user__is_active=False), DEACTIVATED),
        (Exists(silenced), SILENCED),
        (Q(session__isnull=False) & ~Exists(signed_in.filter(pk=OuterRef("session"))), SIGNED_OUT),
    )
    cases = [When(condition, then=Value(text)) for condition, text in obstacles]
    return devices.annotate(obstacle=Case(*cases, default=Value(""), output_field=CharField()))


def list_unreachable(user_ids: Collection[int]) -> dict[int, Unreachable]:
    """Return {user id: the device registered last} for people who have devices, but no reachable one."""
    devices = with_obstacle(get_served_devices().filter(user__in=user_ids))
    rows = devices.exclude(obstacle="").order_by("updated_at", "pk")
    return {
        user_id: Unreachable(pk, obstacle)
        for user_id, pk, obstacle in rows.values_list("user_id", "pk", "obstacle")
    }


def explain_skip(delivery: Delivery) -> str:
    """Return why a queued notification is not sent. This takes 1 to 3 queries."""
    devices = get_served_devices().filter(pk=delivery.device_id, user=delivery.recipient_id)
    obstacle: str | None = with_obstacle(devices).values_list("obstacle", flat=True).first()
    if obstacle is None:
        return NO_DEVICE
    return obstacle or _explain_by_messages(delivery)


def _explain_by_messages(delivery: Delivery) -> str:
    marks = PushMark.objects.filter(
        conversation=delivery.conversation_id, recipient=delivery.recipient_id
    )
    if marks.filter(up_to__gt=delivery.up_to).exists():
        return SUPERSEDED
    archived = Conversation.objects.filter(pk=delivery.conversation_id, is_archived=True)
    return ARCHIVED if archived.exists() else READ
