"""
Finds messages that have been unread for an hour or a day, and queues emails about them.

As for notifications, sending a message does no extra work: the scans read the messages themselves, in
the order of their ids.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from jobs.services.enqueueing import Call, enqueue_many
from messaging.models import Message
from notifications.models import MailCursor, MailMark, UnreadWait
from notifications.selectors import find_reach
from notifications.services.mail_recording import record_skipped
from notifications.unread import BEGINNING, WAITS, list_choices, list_newest_unread

# The number of messages that a scan reads in a transaction.
BATCH = 5000


def sweep_mails() -> None:
    """Queue emails about messages that have been unread for long enough, one transaction per batch."""
    if MailCursor.objects.count() < len(WAITS):
        _prepare_cursors()
    for wait in WAITS:
        while scan(wait):
            pass


def skip_existing_messages() -> None:
    """Make all scans begin after the newest message: nobody gets an email about earlier ones."""
    MailCursor.objects.all().delete()
    _prepare_cursors()


def _prepare_cursors() -> None:
    """Create missing cursors after the newest message: nobody gets an email about earlier ones."""
    newest = Message.objects.aggregate(newest=Max("pk"))["newest"] or 0
    MailCursor.objects.bulk_create(
        [MailCursor(wait=wait, scanned_up_to=newest) for wait in WAITS], ignore_conflicts=True
    )


@transaction.atomic
def scan(wait: UnreadWait) -> bool:
    """
    Queue emails about the next messages that are old enough; return whether there may be more.

    Do nothing if another process is scanning. One transaction stores the jobs and how far the messages are
    scanned.
    """
    cursor = MailCursor.objects.select_for_update(skip_locked=True).filter(wait=wait).first()
    if cursor is None:
        return False
    before = cursor.scanned_up_to
    reach = find_reach(before, seconds=WAITS[wait].total_seconds(), most=BATCH)
    if reach == before:
        return False
    _queue_mails(wait, list_newest_unread(before, reach))
    cursor.scanned_up_to = reach
    cursor.save()
    return reach - before >= BATCH


def _queue_mails(wait: UnreadWait, newest: dict[int, datetime]) -> None:
    """
    Enqueue a job per recipient whose newest message is covered by no email yet.

    The scan after a day is for everybody: for those who have changed their choice since the other scan,
    and for the reasons why others get no email.
    """
    marks = dict(MailMark.objects.filter(user__in=newest).values_list("user_id", "told_until"))
    untold = [pk for pk, at in newest.items() if at > marks.get(pk, BEGINNING)]
    choices = list_choices(untold)
    if wait is UnreadWait.HOUR:
        choices = {pk: each for pk, each in choices.items() if each.wait == wait}
    else:
        record_skipped({pk: each.obstacle for pk, each in choices.items() if each.obstacle})
    calls = [
        Call(args={"user_id": pk}, key=str(pk)) for pk, each in choices.items() if not each.obstacle
    ]
    if calls:
        enqueue_many(kind="notifications.mail_unread", calls=calls)
