from db.batches import delete_in_batches
from jobs.models import Job
from notifications.models import (
    DeliveryOutcome,
    DeviceToken,
    MailMark,
    NotificationPreferences,
    PushDelivery,
    PushMark,
    UnreadMail,
)


def erase_devices(*, user_id: int) -> None:
    """Delete a person's devices, preferences and everything about notifications to them, in batches."""
    delete_in_batches(Job.objects.filter(kind="notifications.deliver", args__recipient_id=user_id))
    delete_in_batches(Job.objects.filter(kind="notifications.mail_unread", args__user_id=user_id))
    delete_in_batches(MailMark.objects.filter(user=user_id))
    delete_in_batches(UnreadMail.objects.filter(recipient=user_id))
    delete_in_batches(PushDelivery.objects.filter(recipient=user_id))
    delete_in_batches(DeviceToken.objects.filter(user=user_id))
    delete_in_batches(NotificationPreferences.objects.filter(user=user_id))
    delete_in_batches(PushMark.objects.filter(recipient=user_id))
    delete_in_batches(DeliveryOutcome.objects.filter(recipient=user_id))
