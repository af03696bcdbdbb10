"""
Converts rows of `PushDelivery`, where processes of the previous release queue deliveries, to jobs.

During a rolling deployment, such processes may still send notifications from this table. A row that is
not due is either being sent or waiting for a retry, so only due rows are converted. Both releases scan
under the same lock and write the same PushMarks. The next release will drop the table and this module.
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
    """Convert up to `BATCH` due rows of `PushDelivery` to jobs, unless another process is scanning."""
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
    """Delete each PushDelivery whose recipient has a PushMark at a later message of the conversation."""
    _superseded().delete()


def _superseded() -> PushDeliveryQuerySet:
    later = PushMark.objects.filter(
        conversation=OuterRef("conversation"),
        recipient=OuterRef("recipient"),
        up_to__gt=OuterRef("up_to"),
    )
    return PushDelivery.objects.filter(Exists(later))
