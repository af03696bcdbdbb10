from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from messaging.events import announce_read
from messaging.exceptions import ConversationNotFound, MessageNotFound
from messaging.sql.mark_read import MarkedMessages, mark_messages
from users.impersonation import ensure_may_write
from users.models import User


@dataclass(frozen=True)
class MarkReadResult:
    conversation_id: int
    messages_marked: int
    read_at: datetime


def mark_read(*, reader: User, conversation_id: int, up_to: int | None = None) -> MarkReadResult:
    """
    Mark the other person's messages as read, up to and including `up_to`; mark all if it is None.

    All marked messages get the same version. If there is nothing to mark, nothing changes and no event
    is sent. Raise ImpersonationReadOnly or ConversationNotFound. Raise MessageNotFound if the message
    `up_to` is not in this conversation.
    """
    ensure_may_write(reader)
    now = timezone.now()
    marked = _mark(conversation_id, reader.pk, up_to, now)
    if marked.up_to is not None:
        conversation = marked.conversation
        conversation.version += 1
        announce_read(conversation, reader_id=reader.pk, read_at=now, up_to=marked.up_to)
    return MarkReadResult(conversation_id, messages_marked=marked.count, read_at=now)


def _mark(conversation_id: int, reader_id: int, up_to: int | None, now: datetime) -> MarkedMessages:
    marked = mark_messages(conversation_id, reader_id, up_to, now)
    if marked is None:
        raise ConversationNotFound
    if up_to is not None and not marked.has_message:
        raise MessageNotFound
    return marked
