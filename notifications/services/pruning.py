"""Deletes rows that are no longer in use, in batches. A setting of 0 keeps them for ever."""

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone

from db.batches import delete_in_batches
from notifications.models import DeliveryOutcome, DeviceToken, UnreadMail


def prune_devices() -> None:
    """Delete the devices that have been switched off for `KEEP_INACTIVE_DEVICES`."""
    if keep := settings.KEEP_INACTIVE_DEVICES:
        inactive = DeviceToken.objects.filter(is_active=False)
        since = inactive.alias(since=Coalesce("last_failure_at", "updated_at"))
        delete_in_batches(since.filter(since__lt=timezone.now() - keep))


def prune_deliveries() -> None:
    """Delete the outcomes of deliveries and emails that are older than `KEEP_DELIVERIES`."""
    if keep := settings.KEEP_DELIVERIES:
        ended = UnreadMail.objects.exclude(result__in=UnreadMail.OPEN)
        delete_in_batches(ended.filter(at__lt=timezone.now() - keep))
        delete_in_batches(DeliveryOutcome.objects.filter(at__lt=timezone.now() - keep))
