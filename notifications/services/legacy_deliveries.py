"""
Converts the previous release's queue of deliveries, the table `PushDelivery`, to jobs.

During a rolling deployment, processes of that release may still add rows and send their notifications. A
row that is not due is either being sent or waiting for a retry, so only due rows are converted. When
scanning for unread messages, both releases use the same lock and the same PushMarks. The next release will
drop the table and this module.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from notifications.models import PushDelivery, PushDeliveryQuerySet, PushMark
from notifications.selectors import Delivery
from notifications.services.cursor import lock_cursor
from notifications.services.queueing import enqueue_deliveries

BATCH = 500


@transaction.atomic
def convert_legacy_deliveries() -> None:
    """
    Convert up to `BATCH` due rows of `PushDelivery` to jobs.

    Do nothing while another process scans for unread messages.
    """
    if lock_cursor() is None:
        return
    drop_superseded()
    due = PushDelivery.objects.due().select_for_update(skip_locked=True)
    rows = list(
        due.values_list("pk", "conversation_id", "recipient_id", "device_id", "up_to")[:BATCH]
    )
    enqueue_deliveries(Delivery(*values) for _, *values in rows)
    PushDelivery.objects.filter(pk__in=[pk for pk, *_ in rows]).delete()


def drop_superseded() -> None:
    """Delete each PushDelivery whose recipient gets a newer notification for the same conversation."""
    _superseded().delete()


def _superseded() -> PushDeliveryQuerySet:
    later = PushMark.objects.filter(
        conversation=OuterRef("conversation"),
        recipient=OuterRef("recipient"),
        up_to__gt=OuterRef("up_to"),
    )
    return PushDelivery.objects.filter(Exists(later))
