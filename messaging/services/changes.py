"""How a conversation changes: under its row's lock, with the next version, one by one."""

from messaging import statements
from messaging.exceptions import (
    ConversationArchived,
    ConversationNotFound,
    MessageNotFound,
    ParticipantGone,
)
from messaging.models import Conversation
from users.fields import MAX_ID
from users.models import User


def lock_conversation(
    conversation_id: int, *, by: User, message_id: int | None = None
) -> Conversation:
    """
    Take the row lock of a conversation that `by` may see; raise ConversationNotFound.

    With a `message_id`, raise MessageNotFound unless it is of this conversation. PostgreSQL checks
    the condition again after it has waited for the lock, so that nothing slips in behind an
    archival. On SQLite the transaction is IMMEDIATE, which locks as much.
    """
    if conversation_id > MAX_ID:
        raise ConversationNotFound
    found = statements.lock_conversation(conversation_id, by.pk, min(message_id or 0, MAX_ID))
    if found is None:
        raise ConversationNotFound
    conversation, has_message = found
    if message_id is not None and not has_message:
        raise MessageNotFound
    return conversation


def ensure_writable(conversation: Conversation) -> None:
    """Raise ConversationArchived, or ParticipantGone when an account of the two was deleted."""
    if conversation.is_archived:
        raise ConversationArchived
    if None in (conversation.trainer_id, conversation.trainee_id):
        raise ParticipantGone
