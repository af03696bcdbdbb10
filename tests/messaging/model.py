"""The expected behaviour, written as simply as possible: lists and loops, no database."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from api.exceptions import ServiceError
from messaging.exceptions import (
    ConversationArchived,
    ConversationNotFound,
    MessageNotFound,
    ParticipantGone,
)

Pair = tuple[str, str]
Refusal = type[ServiceError]

TRAINERS = ("alice", "dora")
TRAINEES = ("bob", "charlie", "erin")
ADMIN = "root"
PEOPLE = (*TRAINERS, *TRAINEES, ADMIN)


@dataclass
class Line:
    """One message."""

    pk: int
    sender: str
    content: str
    client_id: UUID | None
    written_at: datetime
    version: int = 0
    read_at: datetime | None = None
    edited_at: datetime | None = None
    is_deleted: bool = False
    reply_to: "Line | None" = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    shown_version: int = 0
    reaction_version: int | None = None

    def take_away(self, name: str, emoji: str) -> None:
        self.reactions[emoji].remove(name)
        if not self.reactions[emoji]:
            del self.reactions[emoji]


@dataclass
class Thread:
    """The conversation of a trainer and a trainee; `pair` keeps the name of a deleted person."""

    pk: int
    pair: Pair
    created_at: datetime
    version: int = 0
    is_archived: bool = False
    last_at: datetime | None = None
    lines: list[Line] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    def change(self, what: str) -> int:
        """Record one change, of any number of rows, and return the version that it creates."""
        self.version += 1
        self.changes.append(what)
        return self.version

    def find(self, sender: str, client_id: UUID | None) -> Line | None:
        own = [each for each in self.lines if each.sender == sender and client_id]
        return next((each for each in own if each.client_id == client_id), None)

    def created_version_of(self, line: Line) -> int:
        return self.changes.index(f"message {line.pk}") + 1

    def changed_after(self, version: int) -> set[int]:
        """
        Return the ids of the messages whose text, sender or reactions have changed after a version.

        A replay shows them as they are now.
        """
        return {
            each.pk
            for each in self.lines
            if max(each.shown_version, each.reaction_version or 0) > version
        }

    def unread_by(self, reader: str) -> list[Line]:
        unread = [each for each in self.lines if each.sender != reader and not each.read_at]
        return [each for each in unread if not each.is_deleted]

    def show_again(self, line: Line, what: str) -> None:
        """Record that the text of a message has changed, and then the quotes in its answers."""
        line.version = line.shown_version = self.change(what)
        for each in self.lines:
            if each.reply_to is line:
                each.version = each.shown_version = self.change(f"quote in {each.pk}")


class Model:
    """All people, the trainer of each trainee, and all conversations."""

    def __init__(self, trainer_of: dict[str, str]) -> None:
        self.people = set(PEOPLE)
        self.trainer_of: dict[str, str | None] = {**trainer_of}
        self.threads: dict[Pair, Thread] = {}

    # Permissions
    # --------------------------------------------------------------------------
    def may_see(self, name: str, thread: Thread) -> bool:
        trainer, trainee = thread.pair
        return name == trainer or (name == trainee and not thread.is_archived)

    def refuses_to_send(self, sender: str, thread: Thread | None) -> Refusal | None:
        if thread is None or not self.may_see(sender, thread):
            return ConversationNotFound
        if thread.is_archived:
            return ConversationArchived
        return None if set(thread.pair) <= self.people else ParticipantGone

    def refuses_to_read(self, reader: str, thread: Thread | None, up_to: int) -> Refusal | None:
        if thread is None or not self.may_see(reader, thread):
            return ConversationNotFound
        known = {each.pk for each in thread.lines}
        return None if up_to in known else MessageNotFound

    # Changes
    # --------------------------------------------------------------------------
    def write(self, thread: Thread, line: Line) -> None:
        line.version = line.shown_version = thread.change(f"message {line.pk}")
        line.written_at = max(line.written_at, thread.last_at or thread.created_at)
        thread.last_at = line.written_at
        thread.lines.append(line)

    def read(self, thread: Thread, reader: str, up_to: int, at: datetime) -> int:
        """Mark the reader's messages up to an id as read, and return how many were unread."""
        marked = [each for each in thread.unread_by(reader) if each.pk <= up_to]
        version = thread.change(f"read by {reader}") if marked else 0
        for line in marked:
            line.read_at, line.version = at, version
        return len(marked)

    def edit(self, thread: Thread, line: Line, content: str, at: datetime) -> None:
        line.content, line.edited_at = content, at
        thread.show_again(line, f"edit {line.pk}")

    def delete_line(self, thread: Thread, line: Line, at: datetime) -> None:
        line.content, line.edited_at, line.is_deleted = "", None, True
        line.reply_to, line.reactions = None, {}
        thread.show_again(line, f"delete {line.pk}")

    def mark_reactions(self, thread: Thread, line: Line) -> None:
        line.version = line.reaction_version = thread.change(f"reactions {line.pk}")

    def move(self, trainee: str, trainer: str | None) -> None:
        before = self.trainer_of[trainee]
        self.trainer_of[trainee] = trainer
        if before is None or before == trainer:
            return
        thread = self.threads.get((before, trainee))
        if thread and not thread.is_archived:
            thread.is_archived = True
            thread.change("archived")

    def reopen(self, thread: Thread | None) -> int:
        """Reopen an archived thread if its trainee belongs to its trainer; return 1 if so, otherwise 0."""
        if thread is None or not thread.is_archived or not self._belong_together(thread):
            return 0
        thread.is_archived = False
        thread.change("reopened")
        return 1

    def _belong_together(self, thread: Thread) -> bool:
        trainer, trainee = thread.pair
        return set(thread.pair) <= self.people and self.trainer_of[trainee] == trainer

    def delete(self, name: str) -> None:
        for thread in self.threads.values():
            if name in thread.pair:
                version = thread.change(f"{name} deleted")
                for line in thread.lines:
                    self._forget(name, line, version)
        self.people.discard(name)
        for trainee, trainer in self.trainer_of.items():
            self.trainer_of[trainee] = None if trainer == name else trainer

    def _forget(self, name: str, line: Line, version: int) -> None:
        quoted = line.reply_to.sender if line.reply_to else None
        if name in (line.sender, quoted):
            line.version = line.shown_version = version
        own = [emoji for emoji, names in line.reactions.items() if name in names]
        for emoji in own:
            line.take_away(name, emoji)
        if own:
            line.version = line.reaction_version = version

    def why_archived(self, thread: Thread) -> str | None:
        if not thread.is_archived:
            return None
        if not set(thread.pair) <= self.people:
            return "account_deleted"
        return "other" if self._belong_together(thread) else "trainee_removed"

    # Views
    # --------------------------------------------------------------------------
    def list_of(self, name: str, *, archived: bool) -> list[Thread]:
        """Return the threads in a person's list, newest activity first."""
        own = [
            each
            for each in self.threads.values()
            if name in each.pair and self.may_see(name, each) and each.is_archived == archived
        ]
        own.sort(key=lambda each: (each.last_at, each.pk), reverse=True)
        return own

    def badge_of(self, name: str) -> int:
        return sum(len(each.unread_by(name)) for each in self.list_of(name, archived=False))
