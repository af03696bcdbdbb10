"""The tables of conversations, of messages and what belongs to them, and of what staff have done."""

from messaging.models.attachments import Attachment, AttachmentQuerySet
from messaging.models.conversations import (
    MAX_VERSION,
    PREVIEW_LENGTH,
    Conversation,
    ConversationQuerySet,
    Participant,
    Side,
)
from messaging.models.message_details import MessageRevision, Reaction
from messaging.models.messages import CONTENT_MAX_LENGTH, Extra, Message, MessageQuerySet
from messaging.models.search import SearchEntry, SearchPending
from messaging.models.staff_records import REASON_MAX_LENGTH, MessageReading, MessageRemoval

__all__ = [
    "CONTENT_MAX_LENGTH",
    "MAX_VERSION",
    "PREVIEW_LENGTH",
    "REASON_MAX_LENGTH",
    "Attachment",
    "AttachmentQuerySet",
    "Conversation",
    "ConversationQuerySet",
    "Extra",
    "Message",
    "MessageQuerySet",
    "MessageReading",
    "MessageRemoval",
    "MessageRevision",
    "Participant",
    "Reaction",
    "SearchEntry",
    "SearchPending",
    "Side",
]
