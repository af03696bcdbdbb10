"""Reads who is due an email about unread messages, and about which."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from messaging.models import Extra, Message, MessageQuerySet
from notifications.models import MailMark, UnreadWait
from notifications.obstacles import DEACTIVATED, SILENCED
from users.models import User

WAITS = {UnreadWait.HOUR: timedelta(hours=1), UnreadWait.DAY: timedelta(days=1)}
# An older message has been committed: no request's transaction takes this long. So an email that covers
# all messages until then has missed none.
SETTLED_AFTER = timedelta(minutes=1)
# The clocks of two processes may differ by this much, so a message may seem too new to its job.
CLOCK_DIFFERENCE = timedelta(minutes=2)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

UNWANTED = "the person wants no emails about unread messages"
DONE = "read, deleted, archived, or covered by another email before it was sent"
TOO_NEW = "no message has been unread for long enough"


@dataclass(frozen=True)
class Choice:
    """When a person gets emails about unread messages, and why they get none, or ""."""

    wait: str
    obstacle: str


@dataclass(frozen=True)
class UnreadConversation:
    """A conversation of the recipient with unread messages, of which the first new one is `new_since`."""

    conversation_id: int
    other_id: int
    count: int
    new_since: datetime
    newest_at: datetime


@dataclass(frozen=True)
class Due:
    """
    What an email is due for: the messages until `until`, in conversations with something new.

    The conversation with the newest message is the first. `wait` is the person's choice.
    """

    user: User
    wait: str
    until: datetime
    conversations: tuple[UnreadConversation, ...]

    @property
    def messages(self) -> int:
        return sum(each.count for each in self.conversations)


def find_due(user_id: int) -> Due | str:
    """Return what a person is to be told by email now; if nothing, why. This takes up to five queries."""
    user = User.objects.filter(pk=user_id, erased_at=None).first()
    choice = list_choices([user_id]).get(user_id)
    if user is None or choice is None:
        return DEACTIVATED
    if choice.obstacle:
        return choice.obstacle
    now = timezone.now()
    found = _list_conversations(user_id, told_until=get_told_until(user_id), now=now)
    if not found:
        return DONE
    if (
        min(each.new_since for each in found)
        > now - WAITS[UnreadWait(choice.wait)] + CLOCK_DIFFERENCE
    ):
        return TOO_NEW
    return Due(user, choice.wait, now - SETTLED_AFTER, tuple(found))


def list_choices(user_ids: Collection[int]) -> dict[int, Choice]:
    """Return {user id: choice} for people whose accounts were not erased."""
    rows = User.objects.filter(pk__in=user_ids, erased_at=None).order_by()
    preferences = "notification_preferences"
    return {
        pk: _choice_of(is_active, stored or settings.UNREAD_EMAIL_DEFAULT, new_message is not False)
        for pk, is_active, stored, new_message in rows.values_list(
            "pk", "is_active", f"{preferences}__unread_email", f"{preferences}__new_message"
        )
    }


def _choice_of(is_active: bool, wait: str, is_wanted: bool) -> Choice:
    if not is_active:
        return Choice(wait, DEACTIVATED)
    if not is_wanted:
        return Choice(wait, SILENCED)
    return Choice(wait, UNWANTED if wait == UnreadWait.OFF else "")


def get_told_until(user_id: int) -> datetime:
    """Return until when a person's messages are covered by an email."""
    marks = MailMark.objects.filter(user=user_id).values_list("told_until", flat=True)
    return marks.first() or BEGINNING


def list_newest_unread(after: int, up_to: int) -> dict[int, datetime]:
    """
    Return {recipient: creation of their newest unread message} in a range of message ids.

    Skip archived conversations, deleted messages, and messages of deleted accounts.
    """
    rows = _unread().filter(pk__gt=after, pk__lte=up_to).order_by()
    found: dict[int, datetime] = {}
    for sender_id, trainer_id, trainee_id, newest_at in rows.values_list(
        "sender_id", "conversation__trainer_id", "conversation__trainee_id"
    ).annotate(newest_at=Max("created_at")):
        recipient_id = trainee_id if sender_id == trainer_id else trainer_id
        if recipient_id:
            found[recipient_id] = max(newest_at, found.get(recipient_id, newest_at))
    return found


def _unread() -> MessageQuerySet:
    """Return what people wrote and nobody read or deleted, without the lines that say who has joined."""
    messages: MessageQuerySet = Message.objects.unread()
    return (
        messages.alias(joined=F("extras").bitand(Extra.JOINED))
        .filter(joined=0, removed_at=None, conversation__is_archived=False)
        .exclude(sender=None)
    )


def _list_conversations(
    user_id: int, *, told_until: datetime, now: datetime
) -> list[UnreadConversation]:
    """Return the active conversations with a message that no email covers, the latest first."""
    found: list[UnreadConversation] = []
    for side, other in (("trainer", "trainee"), ("trainee", "trainer")):
        rows = (
            _unread()
            .filter(
                sender=F(f"conversation__{other}"),
                created_at__lte=now - SETTLED_AFTER,
                **{f"conversation__{side}": user_id, f"conversation__{other}__erased_at": None},
            )
            .order_by()
            .values_list("conversation_id", "sender_id")
            .annotate(
                count=Count("pk"),
                new_since=Min("created_at", filter=Q(created_at__gt=told_until)),
                newest_at=Max("created_at"),
            )
            .exclude(new_since=None)
        )
        found += (UnreadConversation(*values) for values in rows)
    return sorted(found, key=lambda each: (each.newest_at, each.conversation_id), reverse=True)
