"""The requests, responses and frames of a run's clients."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.faults.answers import UNAVAILABLE, Answer
from tests.faults.causes import Invite, Letter, Push, Reset
from tests.faults.changes import DELETE, EDIT, Change, code_of
from tests.faults.mail import Mail
from tests.faults.photos import Photo
from tests.faults.texts import Texts

Frame = dict[str, Any]
ABOUT_A_MESSAGE = ("message_edited", "message_deleted", "message_reacted")
VERSIONED = ("read_receipt", "conversation_read", "reset", *ABOUT_A_MESSAGE)


@dataclass
class Send:
    """One message that a person sent, every response to it, and what people did to it later."""

    conversation_id: int
    sender_id: int
    number: int
    client_id: str
    content: str
    answers: list[Answer] = field(default_factory=list)
    photo: Photo | None = None
    reply_to: int | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return bool(self.accepted)

    @property
    def accepted(self) -> list[Answer]:
        return [each for each in self.answers if each.is_accepted]

    @property
    def is_over(self) -> bool:
        return self.is_accepted

    @property
    def message_id(self) -> int:
        """Return the id of the message; 0 if the send was not accepted yet."""
        return int(self.accepted[0].body["id"]) if self.accepted else 0

    @property
    def edits(self) -> list[Change]:
        return [each for each in self.changes if each.kind == EDIT]

    @property
    def deletions(self) -> list[Change]:
        return [each for each in self.changes if each.kind == DELETE]

    @property
    def deleted_at(self) -> float:
        """Return when a deletion was first confirmed; infinity if none was."""
        return min((each.accepted_at for each in self.deletions), default=float("inf"))

    @property
    def texts(self) -> list[str]:
        """Return all texts that the message may ever have had."""
        return [self.content, *(each.value for each in self.edits)]


@dataclass
class Stream:
    """The frames of a conversation that one device received, over all its connections."""

    device: str
    user_id: int
    conversation_id: int
    frames: list[Frame] = field(default_factory=list)
    seen_at: list[float] = field(default_factory=list)
    position: int = 0

    def take(self, frame: Frame) -> None:
        """Record a frame, and update `position`, the version from which a client resumes."""
        self.frames.append(frame)
        self.seen_at.append(time.monotonic())
        self.position = max(self.position, version_of(frame) or 0)


@dataclass
class Copy:
    """The copy of a conversation that a device without sockets has, at a version."""

    device: str
    conversation_id: int
    version: int = 0
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Inbox:
    """The conversations and the badge that one device has received."""

    user_id: int
    unread_count: int | None = None
    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)

    def has_versions(self, versions: dict[int, int]) -> bool:
        """Return whether all conversations that it shows are at these versions."""
        return all(each["version"] == versions.get(pk) for pk, each in self.conversations.items())


@dataclass(frozen=True)
class Count:
    """The final unread count of one conversation, or of all, that REST returned to a person."""

    user_id: int
    conversation_id: int | None
    unread: int
    where: str


@dataclass(frozen=True)
class Outage:
    """The period of a fault, from its injection to the end of its repair."""

    kind: str
    began: float
    ended: float


@dataclass
class History:
    """Everything that the judge compares with the database."""

    sends: list[Send] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    inboxes: list[Inbox] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    invites: list[Invite] = field(default_factory=list)
    resets: list[Reset] = field(default_factory=list)
    pushes: list[Push] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    # (user, conversation) -> the highest message id that the user's client asked to mark as read.
    asked_to_read: dict[tuple[int, int], int] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    tally: dict[str, int] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)
    # The messages of each person's pages at the end: (user, message).
    pages: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    # The seconds to add to a time of day for the time of `time.monotonic()`.
    clock_offset: float = field(default_factory=lambda: time.monotonic() - time.time())

    @property
    def changes(self) -> list[Change]:
        return [change for send in self.sends for change in send.changes]

    @cached_property
    def sends_by_client_id(self) -> dict[str, Send]:
        """Return the sends by `client_id`; read this only when all sends are there."""
        return {send.client_id: send for send in self.sends}

    def count(self, what: str) -> None:
        self.tally[what] = self.tally.get(what, 0) + 1

    def report(self, kind: str, sentence: str) -> None:
        """Record a violation that a client detects itself, under one of the judge's kinds."""
        self.problems.append((kind, sentence))

    def ask_to_read(self, user_id: int, conversation_id: int, up_to: int) -> None:
        """Record a read request; call this before sending it, as it may take effect without a response."""
        key = (user_id, conversation_id)
        self.asked_to_read[key] = max(self.asked_to_read.get(key, 0), up_to)

    def check_answer(self, what: str, answer: Answer, allowed: Collection[str] = ()) -> None:
        """Report a response that no client of a run may get, unless its error code is `allowed`."""
        if answer.status == 0:
            return
        if answer.is_accepted:
            self.check_texts(what, answer.body, answer.began)
            return
        self.count(f"status_{answer.status}")
        if code_of(answer.body) in allowed:
            return
        if answer.status != UNAVAILABLE:
            self.report("server_error", f"{what}: {answer.status} {str(answer.body)[:200]}")
        elif not answer.is_clear:
            self.report("server_error", f"{what}: an unclear 503: {str(answer.body)[:200]}")

    def check_texts(self, where: str, shown: Any, began: float) -> None:
        """Report texts that were deleted or replaced before the request that showed them began."""
        for kind, mark in self.texts.find_gone(shown, began):
            self.report(kind, f"{where} showed {mark} after that: {str(shown)[:200]}")


def version_of(frame: Frame) -> int | None:
    """Return the conversation's version after a frame; None for a frame without a version."""
    if frame["type"] == "new_message":
        return int(frame["message"]["version"])
    if frame["type"] in VERSIONED:
        return int(frame["version"])
    return None
