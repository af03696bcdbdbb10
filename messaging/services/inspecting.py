"""Lets staff read private messages, with a permission of its own, a reason, and a record."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid, Forbidden
from messaging.models import Conversation, Message, MessageReading, MessageRevision
from users.models import User

PERMISSION = "messaging.read_message_content"
HISTORY_PERMISSION = "messaging.read_message_history"
# A reason is valid for one conversation, and this long.
READING_LIFETIME = timedelta(hours=1)
PAGE_SIZE = 50
REASON_MIN_LENGTH = 5
BATCH = 1000


class ReadingNotAllowed(Forbidden):
    code = "permission_denied"
    detail = _("You need the permission to read private messages.")


class ReasonNeeded(Forbidden):
    code = "permission_denied"
    detail = _("Say first why you need to read this conversation.")


def begin_reading(*, reader: User, conversation_id: int, reason: str) -> MessageReading:
    """
    Record that a staff user begins to read a conversation.

    Superusers need a reason, too. Raise ReadingNotAllowed, or FieldInvalid without a reason.
    """
    _ensure_allowed(reader)
    reason = _clean(reason)
    return MessageReading.objects.create(
        conversation_id=conversation_id, reader=reader, reader_email=reader.email, reason=reason
    )


def begin_reading_of_person(*, reader: User, person: User, reason: str) -> str:
    """
    Record that a staff user begins to read all conversations of a person; return the stored reason.

    Raise ReadingNotAllowed, or FieldInvalid without a reason.
    """
    _ensure_allowed(reader)
    reason = _clean(reason)
    ids = Conversation.objects.of(person).order_by("pk").values_list("pk", flat=True)
    MessageReading.objects.bulk_create(
        (
            MessageReading(
                conversation_id=pk, reader=reader, reader_email=reader.email, reason=reason
            )
            for pk in ids
        ),
        batch_size=BATCH,
    )
    return reason


def record_reading_of_person(*, reader: User, person: User, reason: str) -> None:
    """
    Record that a staff user now reads the conversations for which they have given this reason.

    Raise ReadingNotAllowed.
    """
    _ensure_allowed(reader)
    begun = MessageReading.objects.filter(reader=reader, reason=reason)
    begun.filter(conversation__in=Conversation.objects.of(person)).update(
        last_read_at=timezone.now(), pages_read=F("pages_read") + 1
    )


def _clean(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < REASON_MIN_LENGTH:
        raise FieldInvalid("reason", _("Say in a few words why you need to read this."))
    return reason


@transaction.atomic
def read_messages(*, reader: User, conversation_id: int, before: int) -> list[Message]:
    """
    Return up to `PAGE_SIZE` messages with ids below `before`, the newest first, and record the reading.

    With `HISTORY_PERMISSION`, `message.earlier_texts` lists the texts before edits, and a deleted text that
    is kept. Nothing changes for the two people: no message becomes read. Raise ReadingNotAllowed, or
    ReasonNeeded without a recorded reason of the last hour.
    """
    _ensure_allowed(reader)
    reading = _find_reading(reader, conversation_id)
    if reading is None:
        raise ReasonNeeded
    MessageReading.objects.filter(pk=reading.pk).update(
        last_read_at=timezone.now(), pages_read=F("pages_read") + 1
    )
    messages = Message.objects.filter(conversation=conversation_id, pk__lt=before)
    if reader.has_perm(HISTORY_PERMISSION):
        history = MessageRevision.objects.order_by("pk")
        messages = messages.prefetch_related(
            Prefetch("revisions", queryset=history, to_attr="earlier_texts")
        )
    return list(messages.select_related("sender").order_by("-pk")[:PAGE_SIZE])


def forget_reader(*, user_id: int, name: str) -> None:
    """Replace the email address in the record of a person's readings with `name`, when they are erased."""
    readings = MessageReading.objects.filter(reader=user_id)
    readings.update(reader=None, reader_email=name)


def _ensure_allowed(reader: User) -> None:
    if not (reader.is_staff and reader.has_perm(PERMISSION)):
        raise ReadingNotAllowed


def _find_reading(reader: User, conversation_id: int) -> MessageReading | None:
    since = timezone.now() - READING_LIFETIME
    own = MessageReading.objects.filter(reader=reader, conversation=conversation_id)
    return own.filter(started_at__gt=since).order_by("-pk").first()
