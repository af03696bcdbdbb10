"""Checks that a conversation accepts messages. messaging.sql.send repeats this under the row lock."""

from messaging.exceptions import ConversationArchived, ParticipantGone
from messaging.models import Conversation


def ensure_accepts_messages(conversation: Conversation) -> None:
    """Raise ConversationArchived if archived, or ParticipantGone if a participant's account was deleted."""
    if conversation.is_archived:
        raise ConversationArchived
    if None in (conversation.trainer_id, conversation.trainee_id):
        raise ParticipantGone
