"""When a conversation accepts messages; messaging.sql.send checks the same under the row lock."""

from messaging.exceptions import ConversationArchived, ParticipantGone
from messaging.models import Conversation


def ensure_accepts_messages(conversation: Conversation) -> None:
    """Raise ConversationArchived, or ParticipantGone if one of the accounts was deleted."""
    if conversation.is_archived:
        raise ConversationArchived
    if None in (conversation.trainer_id, conversation.trainee_id):
        raise ParticipantGone
