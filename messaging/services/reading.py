from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from messaging import statements
from messaging.events import announce_read
from messaging.services.changes import lock_conversation
from users.fields import MAX_ID
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
    ImpersonationReadOnly, ConversationNotFound, or MessageNotFound for an `up_to` from elsewhere.
    """
    ensure_may_write(reader)
    conversation = lock_conversation(conversation_id, by=reader, message_id=up_to)
    now = timezone.now()
    marked = statements.mark_messages(conversation, reader.pk, up_to or MAX_ID, now)
    if marked:
        conversation.version += 1
        announce_read(conversation, reader_id=reader.pk, read_at=now, up_to=max(marked))
    return ReadMark(conversation_id, messages_marked=len(marked), read_at=now)
