"""Tells why a conversation accepts no messages. messaging.sql.send applies the same rules in SQL."""

from messaging.exceptions import ConversationArchived, ParticipantGone
from messaging.models import Conversation


def ensure_accepts_messages(conversation: Conversation) -> None:
    """Raise ConversationArchived if archived, or ParticipantGone if a participant's account was deleted."""
    if conversation.is_archived:
        raise ConversationArchived
    if None in (conversation.trainer_id, conversation.trainee_id):
        raise ParticipantGone
