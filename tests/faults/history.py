"""The requests, responses and frames of a run's clients."""

import time
from dataclasses import dataclass, field
from typing import Any

from tests.faults.answers import UNAVAILABLE, Answer
from tests.faults.causes import Invite, Letter, Push, Reset
from tests.faults.mail import Mail

Frame = dict[str, Any]


@dataclass
class Send:
    """One message that a person sent, and every response to it."""

    conversation_id: int
    sender_id: int
    number: int
    client_id: str
    content: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return bool(self.accepted)

    @property
    def accepted(self) -> list[Answer]:
        return [each for each in self.answers if each.is_accepted]


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
class Inbox:
    """The conversations and the badge that one device has received."""

    user_id: int
    unread_count: int | None = None
    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)


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

    def count(self, what: str) -> None:
        self.tally[what] = self.tally.get(what, 0) + 1

    def report(self, kind: str, sentence: str) -> None:
        """Record a violation that a client detects itself, under one of the judge's kinds."""
        self.problems.append((kind, sentence))

    def ask_to_read(self, user_id: int, conversation_id: int, up_to: int) -> None:
        """Record a read request; call this before sending it, as it may take effect without a response."""
        key = (user_id, conversation_id)
        self.asked_to_read[key] = max(self.asked_to_read.get(key, 0), up_to)

    def check_answer(self, what: str, answer: Answer) -> None:
        """Report a response that no client of a run may get."""
        if answer.status == 0 or answer.is_accepted:
            return
        self.count(f"status_{answer.status}")
        if answer.status != UNAVAILABLE:
            self.report("server_error", f"{what}: {answer.status} {str(answer.body)[:200]}")
        elif not answer.is_clear:
            self.report("server_error", f"{what}: an unclear 503: {str(answer.body)[:200]}")


def version_of(frame: Frame) -> int | None:
    """Return the conversation's version after a frame; None for a frame without a version."""
    if frame["type"] == "new_message":
        return int(frame["message"]["version"])
    if frame["type"] in ("read_receipt", "conversation_read", "reset"):
        return int(frame["version"])
    return None
