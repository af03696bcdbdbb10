from notifications.models.devices import MAX_REASON, DeviceToken, DeviceTokenQuerySet
from notifications.models.emails import MailCursor, MailMark, UnreadMail
from notifications.models.preferences import NotificationPreferences, UnreadWait
from notifications.models.pushes import (
    DeliveryOutcome,
    PushCursor,
    PushDelivery,
    PushDeliveryQuerySet,
    PushMark,
)

__all__ = [
    "MAX_REASON",
    "DeliveryOutcome",
    "DeviceToken",
    "DeviceTokenQuerySet",
    "MailCursor",
    "MailMark",
    "NotificationPreferences",
    "PushCursor",
    "PushDelivery",
    "PushDeliveryQuerySet",
    "PushMark",
    "UnreadMail",
    "UnreadWait",
]
