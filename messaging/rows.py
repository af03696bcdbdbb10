"""Named tuples that reads return. A model instance takes four times as long to create."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from messaging.last_known import have_parted
from users.models import User


class ArchivedReason(StrEnum):
    """
    Why a conversation is archived, according to the present state of both accounts.

    OTHER means that the trainee has this trainer: support has archived it, or the trainee has come back.
    """

    TRAINEE_REMOVED = "trainee_removed"
    ACCOUNT_DELETED = "account_deleted"
    OTHER = "other"


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
    last_known: Any
    trainer: User | None = None
    trainee: User | None = None
    last_message_preview: str | None = None
    unread_count: int = 0

    @property
    def archived_reason(self) -> str | None:
        """Return why the conversation is archived, or None if it is active."""
        if not self.is_archived:
            return None
        if any(each is None or each.erased_at for each in (self.trainer, self.trainee)):
            return ArchivedReason.ACCOUNT_DELETED
        if have_parted(self.trainer, self.trainee):
            return ArchivedReason.TRAINEE_REMOVED
        return ArchivedReason.OTHER
