"""Named tuples that reads return. A model instance takes four times as long to create."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from messaging.last_known import have_parted
from messaging.models import PREVIEW_LENGTH, Extra
from text.graphemes import cut_text
from users.models import User

# With the enum itself, `&` would take five times as long, for each conversation of a list.
_JOINED = int(Extra.JOINED)


class ArchivedReason(StrEnum):
    """
    Why a conversation is archived, according to the present state of both accounts.

    OTHER means that the trainee has this trainer: support has archived it, or the trainee has come back.
    """

    TRAINEE_REMOVED = "trainee_removed"
    ACCOUNT_DELETED = "account_deleted"
    OTHER = "other"


class MessageKind(StrEnum):
    """What a message shows in a list: its text, or a sentence in place of one."""

    TEXT = "text"
    PHOTO = "photo"
    DELETED = "deleted"
    JOINED = "joined"

    @classmethod
    def of(cls, content: str, extras: int, *, is_removed: bool) -> "MessageKind":
        """Return the kind of a message; a photo with a text counts as text."""
        if is_removed:
            return cls.DELETED
        if extras & _JOINED:
            return cls.JOINED
        return cls.TEXT if content else cls.PHOTO

    def preview_of(self, beginning: str) -> str:
        """Return the preview of a message, whose content has at least this beginning."""
        return SENTENCES.get(self) or cut_text(beginning, PREVIEW_LENGTH)


# Existing clients show these sentences. The product's own client words them in the reader's language.
SENTENCES = {
    MessageKind.PHOTO: "Sent a photo",
    MessageKind.DELETED: "This message was deleted",
}


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
    reaction_version: int | None
    edited_at: datetime | None
    removed_at: datetime | None
    extras: int

    @property
    def shown_version(self) -> int:
        """Return the version of the last content change, derived if the previous release stored none."""
        if self.version in (self.read_version, self.reaction_version):
            return self.content_version or self.created_version
        return self.version


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
    deleted_version: int | None
    trainer: User | None = None
    trainee: User | None = None
    last_message_preview: str | None = None
    last_message_kind: MessageKind | None = None
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
