from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from messaging.events import announce_read
from messaging.exceptions import MessageNotFound
from messaging.models import Conversation, Message
from messaging.services.changes import lock_conversation
from users.models import User
from users.services.accounts import ensure_may_write


@dataclass(frozen=True)
class ReadMark:
    conversation_id: int
    messages_marked: int
    read_at: datetime


@transaction.atomic
def mark_read(*, reader: User, conversation_id: int, up_to: int | None = None) -> ReadMark:
    """
    Mark what the other side wrote as read, up to and including a message, or all of it.

    One change, whatever it marks; with nothing to mark there is no change and no event. Raises
    ImpersonationReadOnly, ConversationNotFound, ConversationArchived, or MessageNotFound for an
    `up_to` from elsewhere.
    """
    ensure_may_write(reader)
    conversation = lock_conversation(conversation_id, by=reader)
    unread = Message.objects.filter(conversation=conversation).unread_by(reader)
    if up_to is not None:
        _ensure_message(conversation, up_to)
        unread = unread.filter(pk__lte=up_to)
    last = unread.aggregate(last=Max("pk"))["last"]
    now = timezone.now()
    if last is None:
        return ReadMark(conversation_id, messages_marked=0, read_at=now)
    return _mark(conversation, reader, last, now)


def _ensure_message(conversation: Conversation, message_id: int) -> None:
    if not Message.objects.filter(conversation=conversation, pk=message_id).exists():
        raise MessageNotFound


def _mark(conversation: Conversation, reader: User, last: int, now: datetime) -> ReadMark:
    conversation.version += 1
    conversation.save(update_fields=["version"])
    marked = (
        Message.objects.filter(conversation=conversation, pk__lte=last)
        .unread_by(reader)
        .update(read_at=now, version=conversation.version, read_version=conversation.version)
    )
    announce_read(conversation, reader_id=reader.pk, read_at=now, up_to=last)
    return ReadMark(conversation.pk, messages_marked=marked, read_at=now)
