"""
Finds out who is to be notified, by looking at the messages some seconds after they were sent.

Sending knows nothing of this, so it costs nothing there. The message itself is the task: it cannot be
lost, and one that was read by the time of the look needs no notification. Nobody's presence is tracked.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from messaging.models import Message
from notifications.models import PushCursor, PushDelivery, PushMark
from notifications.selectors import list_device_ids

# The second look finds what committed behind the first one. No transaction of a request takes so long.
SECOND_LOOK_AFTER_SECONDS = 60
BATCH = 5000


@dataclass(frozen=True)
class Due:
    """Somebody who has not read what came, and up to which message they are to be told of."""

    conversation_id: int
    recipient_id: int
    up_to: int


@dataclass(frozen=True)
class Swept:
    """How many deliveries a look has put down, and whether there is more to look at."""

    deliveries: int = 0
    is_behind: bool = False


@transaction.atomic
def sweep() -> Swept:
    """
    Look once at what is old enough, and put down each notification for each device of its recipient.

    Does nothing while another process looks. How far was looked, who was told what, and the deliveries
    are one transaction: each happens exactly once.
    """
    cursor = PushCursor.objects.select_for_update(skip_locked=True).first()
    if cursor is None:
        return Swept()
    first = _reach(cursor.first_look, settings.PUSH_DELAY_SECONDS)
    second = _reach(cursor.second_look, SECOND_LOOK_AFTER_SECONDS)
    deliveries = _put_down(_list_unread((cursor.first_look, first), (cursor.second_look, second)))
    is_behind = max(first - cursor.first_look, second - cursor.second_look) >= BATCH
    if (first, second) != (cursor.first_look, cursor.second_look):
        cursor.first_look, cursor.second_look = first, second
        cursor.save()
    return Swept(deliveries, is_behind)


def _reach(after: int, seconds: float) -> int:
    """Return up to which of the next messages can be looked at, as they are so old."""
    old_enough = Q(created_at__lte=timezone.now() - timedelta(seconds=seconds))
    some = Message.objects.filter(pk__gt=after).order_by("pk")[:BATCH]
    reach: int | None = some.aggregate(reach=Max("pk", filter=old_enough))["reach"]
    return reach or after


def _list_unread(*spans: tuple[int, int]) -> set[tuple[int, int, int]]:
    """Return the conversation, sender and recipient of what is unread in these spans of ids."""
    found = set()
    for after, up_to in spans:
        rows = (
            Message.objects.unread()
            .filter(pk__gt=after, pk__lte=up_to, conversation__is_archived=False)
            .exclude(sender=None)
            .values_list(
                "conversation_id",
                "sender_id",
                "conversation__trainer_id",
                "conversation__trainee_id",
            )
            .distinct()
        )
        for conversation_id, sender_id, trainer_id, trainee_id in rows if after < up_to else ():
            recipient_id = trainee_id if sender_id == trainer_id else trainer_id
            if recipient_id:
                found.add((conversation_id, sender_id, recipient_id))
    return found


def _put_down(unread: Collection[tuple[int, int, int]]) -> int:
    devices = list_device_ids({recipient_id for *_, recipient_id in unread}) if unread else {}
    reachable = [each for each in unread if each[2] in devices]
    if not (due := _list_due(reachable)):
        return 0
    PushMark.objects.bulk_create(
        [PushMark(**vars(each)) for each in due],
        update_conflicts=True,
        unique_fields=["conversation", "recipient"],
        update_fields=["up_to"],
    )
    # One that waits or is on its way says more, and keeps its time: a push service asked for it.
    deliveries = PushDelivery.objects.bulk_create(
        [
            PushDelivery(device_id=device_id, **vars(each))
            for each in due
            for device_id in devices[each.recipient_id]
        ],
        update_conflicts=True,
        unique_fields=["conversation", "device"],
        update_fields=["up_to", "recipient"],
    )
    return len(deliveries)


def _list_due(unread: Iterable[tuple[int, int, int]]) -> list[Due]:
    """
    Return what nobody has been told of, up to the newest message: who has not read is not looking.
    """
    ids = {conversation_id for conversation_id, *_ in unread}
    rows = Message.objects.unread().filter(conversation__in=ids).order_by()
    newest = {
        (conversation_id, sender_id): up_to
        for conversation_id, sender_id, up_to in rows.values_list(
            "conversation_id", "sender_id"
        ).annotate(Max("created_version"))
    }
    marks = {
        (each.conversation_id, each.recipient_id): each.up_to
        for each in PushMark.objects.filter(conversation__in=ids)
    }
    due = [
        Due(conversation_id, recipient_id, newest[conversation_id, sender_id])
        for conversation_id, sender_id, recipient_id in unread
        if (conversation_id, sender_id) in newest  # else it was read in this very moment
    ]
    return [
        each for each in due if each.up_to > marks.get((each.conversation_id, each.recipient_id), 0)
    ]


def prepare_cursor() -> None:
    """Make the row whose lock is the right to look, if it is gone."""
    PushCursor.objects.get_or_create(pk=PushCursor.ONLY)


def skip_to(message_id: int) -> None:
    """
    Pass over all messages up to an id: while nobody has a device, there is nobody to tell.

    Else the first device ever would be told of years of unread messages.
    """
    PushCursor.objects.filter(first_look__lt=message_id).update(first_look=message_id)
    PushCursor.objects.filter(second_look__lt=message_id).update(second_look=message_id)
