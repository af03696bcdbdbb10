"""The conditions for changing a conversation; messaging.sql checks them under the row lock."""

from messaging.exceptions import ConversationArchived, ParticipantGone
from messaging.models import Conversation


def ensure_writable(conversation: Conversation) -> None:
    """Raise ConversationArchived, or ParticipantGone if one of the accounts was deleted."""
    if conversation.is_archived:
        raise ConversationArchived
    if None in (conversation.trainer_id, conversation.trainee_id):
        raise ParticipantGone
