"""Named tuples that reads return. A model instance takes four times as long to create."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from users.models import User


class MessageRow(NamedTuple):
    """A message in a page or replay, with the field names of `Message`."""

    id: int
    conversation_id: int
    sender_id: int | None
    content: str
    client_id: UUID | None
    created_at: datetime
    read_at: datetime | None
    version: int
    created_version: int
    read_version: int | None
    content_version: int | None

    @property
    def shown_version(self) -> int:
        """Return the version of the last content change, derived if the previous release stored none."""
        if self.version != self.read_version:
            return self.version
        return self.content_version or self.created_version


class ConversationEntry(NamedTuple):
    """A conversation in a user's list, with the field names of `Conversation`."""

    id: int
    trainer_id: int | None
    trainee_id: int | None
    version: int
    last_message_at: datetime | None
    is_archived: bool
    created_at: datetime
    trainer: User | None = None
    trainee: User | None = None
    last_message_preview: str | None = None
    unread_count: int = 0
