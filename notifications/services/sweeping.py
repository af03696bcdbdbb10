"""
Finds messages that are still unread some seconds after they were sent, and queues notifications.

Sending a message does no extra work for notifications. The scans query the messages themselves, so no
queue can lose one, and a message that its recipient has read before the scan causes no notification.
The server does not track who is online.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from messaging.models import Message
from notifications.models import PushMark
from notifications.obstacles import list_unreachable
from notifications.selectors import (
    Delivery,
    find_reach,
    get_backlog,
    has_devices,
    is_configured,
    list_device_ids,
)
from notifications.services.cursor import lock_cursor, prepare_cursor, skip_to
from notifications.services.legacy_deliveries import convert_legacy_deliveries, drop_superseded
from notifications.services.queueing import enqueue_deliveries
from notifications.services.recording import record_unreachable

# The second scan finds messages that were committed after the first scan had passed their ids. No
# request's transaction takes this long.
RESCAN_AFTER_SECONDS = 60
BATCH = 5000
LONGEST_PAUSE_SECONDS = 2.0
SHORTEST_PAUSE_SECONDS = 0.1
# While no user has a device, the interval is this many times longer.
RARER_WITHOUT_DEVICES = 10

# The conversation, sender and recipient of an unread message.
Unread = tuple[int, int, int]


def get_sweep_interval() -> timedelta:
    """
    Return the time between two searches for unread messages, derived from `PUSH_DELAY_SECONDS`.

    This time is longer while no user has a device.
    """
    delay: float = settings.PUSH_DELAY_SECONDS
    pause = min(LONGEST_PAUSE_SECONDS, max(SHORTEST_PAUSE_SECONDS, delay / 2.5))
    return timedelta(seconds=pause if has_devices() else pause * RARER_WITHOUT_DEVICES)


def sweep() -> None:
    """Queue notifications for unread messages that have become old enough, one transaction per batch."""
    if not is_configured():
        return
    backlog = get_backlog()
    if backlog is None:
        prepare_cursor()  # the next sweep scans
        return
    if backlog.has_old_deliveries:
        convert_legacy_deliveries()
    if backlog.is_drained:
        return
    if not backlog.has_devices:
        skip_to(backlog.newest_id)
        return
    while scan():
        pass


@transaction.atomic
def scan() -> bool:
    """
    Queue notifications for the next messages that are old enough; return whether there may be more.

    Do nothing if another process is scanning. One transaction stores the notifications' jobs, how far
    the messages are scanned, and the PushMarks. So each notification is queued exactly once.
    """
    cursor = lock_cursor()
    if cursor is None:
        return False
    before = cursor.scanned_up_to, cursor.rescanned_up_to
    after = (
        find_reach(cursor.scanned_up_to, seconds=settings.PUSH_DELAY_SECONDS, most=BATCH),
        find_reach(cursor.rescanned_up_to, seconds=RESCAN_AFTER_SECONDS, most=BATCH),
    )
    _queue_deliveries(_list_unread(*zip(before, after, strict=True)))
    if after != before:
        cursor.scanned_up_to, cursor.rescanned_up_to = after
        cursor.save()
    return any(new - old >= BATCH for old, new in zip(before, after, strict=True))


def _list_unread(*spans: tuple[int, int]) -> set[Unread]:
    """
    Return (conversation, sender, recipient) of the unread messages in these ranges of message ids.

    Skip messages in archived conversations, and messages whose sender or recipient has been deleted.
    """
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


def _queue_deliveries(unread: Collection[Unread]) -> None:
    """
    Store the last message that each recipient is notified of, and enqueue a job per device.

    If a recipient has devices, but none of them can be notified, store the reason.
    """
    if not unread:
        return
    recipients = {recipient_id for *_, recipient_id in unread}
    devices = list_device_ids(recipients)
    unreachable = list_unreachable(recipients - devices.keys())
    known = devices.keys() | unreachable.keys()
    marks = _list_new_marks([each for each in unread if each[2] in known])
    if not marks:
        return
    PushMark.objects.bulk_create(
        marks,
        update_conflicts=True,
        unique_fields=["conversation", "recipient"],
        update_fields=["up_to"],
    )
    drop_superseded()
    enqueue_deliveries(
        _delivery_of(each, device_id)
        for each in marks
        for device_id in devices.get(each.recipient_id, ())
    )
    record_unreachable(
        (_delivery_of(each, device.device_id), device)
        for each in marks
        if (device := unreachable.get(each.recipient_id))
    )


def _delivery_of(mark: PushMark, device_id: int) -> Delivery:
    return Delivery(mark.conversation_id, mark.recipient_id, device_id, mark.up_to)


def _list_new_marks(unread: Iterable[Unread]) -> list[PushMark]:
    """
    Return a PushMark for each recipient who has not been notified of their newest unread message.

    In `unread`, each recipient has a message that has been unread for `PUSH_DELAY_SECONDS`. Their newest
    message may be more recent, but there is no reason to wait for it: a recipient who left the older one
    unread does not have the conversation open.
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
    return [
        PushMark(conversation_id=conversation_id, recipient_id=recipient_id, up_to=up_to)
        for conversation_id, sender_id, recipient_id in unread
        # 0 if the messages have been read since the first query.
        if (up_to := newest.get((conversation_id, sender_id), 0))
        > marks.get((conversation_id, recipient_id), 0)
    ]
