"""
Posts a message: locks the conversation, stores the message and announces it. Applies no rate limit.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from messaging.events import announce_message
from messaging.exceptions import (
    ConversationArchived,
    ConversationNotFound,
    MessageNotFound,
    ParticipantDeactivated,
    ParticipantGone,
)
from messaging.models import Conversation, Extra, Message, Side
from messaging.selectors import get_conversation
from messaging.services.uploading import attach_uploads, ensure_few_photos
from messaging.sql.send import NewMessage, Stored, store_message
from users.models import User


@dataclass(frozen=True)
class SentMessage:
    """
    A stored message; `is_repeat` is True if an earlier request stored it.

    `data` is the message in the format for clients, as it was announced; None for a repeat.
    """

    message: Message
    is_repeat: bool
    data: dict[str, Any] | None = None


def post_message(
    *,
    sender: User,
    conversation_id: int,
    content: str,
    client_id: UUID | None = None,
    reply_to: int | None = None,
    uploads: Sequence[int] = (),
    has_joined: bool = False,
) -> SentMessage:
    """
    Store a message, and announce it after the commit.

    Calls may share an outer transaction. Each call locks a conversation until that transaction ends.
    `content` must be stripped and have 1 to 2,000 code points, or none with `uploads`, the ids of photos.
    If the sender used `client_id` before in this conversation, store nothing and return the original
    message. `reply_to` is the id of the message that this one answers; it may be deleted. `has_joined`
    makes it the line that says that the sender has joined. Raise ConversationNotFound, MessageNotFound,
    ConversationArchived, ParticipantGone, ParticipantDeactivated, TooManyPhotos or UploadNotFound.
    """
    ensure_few_photos(len(uploads))
    if reply_to is not None:
        _ensure_has_message(sender, conversation_id, reply_to)
    extras = _extras_of(uploads, reply_to, has_joined=has_joined)
    new = NewMessage(content, client_id, extras, reply_to)
    # A plain text is a single statement, which needs no transaction.
    with transaction.atomic() if uploads else nullcontext():
        return _post(sender, conversation_id, new, uploads)


def _extras_of(uploads: Sequence[int], reply_to: int | None, *, has_joined: bool) -> int:
    extras = 0
    if uploads:
        extras |= Extra.ATTACHMENTS
    if reply_to is not None:
        extras |= Extra.REPLY
    if has_joined:
        extras |= Extra.JOINED
    return extras


def _post(
    sender: User, conversation_id: int, new: NewMessage, uploads: Sequence[int]
) -> SentMessage:
    stored = store_message(conversation_id, sender.pk, new, timezone.now())
    if stored is None:
        raise ConversationNotFound
    if stored.message_id is None:
        impossible = RuntimeError(
            "The message was not stored, but the conversation accepts messages."
        )
        return find_repeat(stored.conversation, sender, new.client_id, otherwise=impossible)
    if uploads:
        attach_uploads(sender=sender, message_id=stored.message_id, upload_ids=uploads)
    message = _stored_message(stored, sender, new)
    data = announce_message(stored.conversation, message)
    return SentMessage(message=message, is_repeat=False, data=data)


def _ensure_has_message(sender: User, conversation_id: int, message_id: int) -> None:
    """Raise ConversationNotFound, or MessageNotFound. Messages neither move nor vanish."""
    conversation = get_conversation(sender, conversation_id)
    if not conversation.messages.filter(pk=message_id).exists():
        raise MessageNotFound


def find_repeat(
    conversation: Conversation, sender: User, client_id: UUID | None, *, otherwise: Exception
) -> SentMessage:
    """
    Return the message that an earlier request sent with this `client_id`.

    If there is no such message, the request is refused. Raise ConversationArchived, ParticipantGone or
    ParticipantDeactivated if the conversation accepts no messages. If it does accept messages, raise
    `otherwise`, which is the caller's own reason, such as TooFast.
    """
    if first := sent_with(conversation, sender, client_id).select_related("sender").first():
        return SentMessage(message=first, is_repeat=True)
    _ensure_accepts_messages(conversation)
    raise otherwise


def _ensure_accepts_messages(conversation: Conversation) -> None:
    """
    Raise ConversationArchived, or ParticipantGone or ParticipantDeactivated, for a participant's account.

    `messaging.sql.send` applies the same rules in SQL, but does not report which of them refused the
    message; this function finds out.
    """
    if conversation.is_archived:
        raise ConversationArchived
    people = conversation.participant_ids
    if len(people) < len(Side):
        raise ParticipantGone
    inactive = User.objects.filter(pk__in=people, is_active=False).first()
    if inactive is not None:
        raise ParticipantGone if inactive.erased_at else ParticipantDeactivated


def sent_with(
    conversation: Conversation, sender: User, client_id: UUID | None
) -> QuerySet[Message]:
    """Return a queryset with at most one row: the message that was sent with this `client_id`."""
    if client_id is None:
        return Message.objects.none()
    return Message.objects.filter(conversation=conversation, sender=sender, client_id=client_id)


def _stored_message(stored: Stored, sender: User, new: NewMessage) -> Message:
    conversation = stored.conversation
    conversation.version += 1
    return Message(
        id=stored.message_id,
        conversation=conversation,
        sender=sender,
        content=new.content,
        client_id=new.client_id,
        extras=new.extras,
        reply_to_id=new.reply_to,
        created_at=stored.created_at,
        version=conversation.version,
        created_version=conversation.version,
        content_version=conversation.version,
    )
