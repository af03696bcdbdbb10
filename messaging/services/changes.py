"""What a conversation must be like to change; messaging.sql changes it under its row's lock."""

from messaging.exceptions import ConversationArchived, ParticipantGone
from messaging.models import Conversation


def ensure_writable(conversation: Conversation) -> None:
    """Raise ConversationArchived, or ParticipantGone when an account of the two was deleted."""
    if conversation.is_archived:
        raise ConversationArchived
    if None in (conversation.trainer_id, conversation.trainee_id):
        raise ParticipantGone
