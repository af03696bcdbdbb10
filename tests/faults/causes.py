"""Requests that must cause a notification or e-mail, and the notifications that were received."""

from dataclasses import dataclass, field

from tests.faults.answers import Answer


@dataclass
class Request:
    """A request, with the responses to all its attempts."""

    answers: list[Answer] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return any(each.is_accepted for each in self.answers)

    @property
    def is_over(self) -> bool:
        """Return whether there is no need to repeat the request."""
        return self.is_accepted


@dataclass
class Letter(Request):
    """The only message to a trainee. It is never read, so a notification must show its text."""

    trainee_id: int = 0
    content: str = ""


@dataclass
class Invite(Request):
    """An invitation to an address that no other invitation uses."""

    email: str = ""


@dataclass
class Reset(Request):
    """A request for a password reset link, the only request for this account."""

    email: str = ""


@dataclass(frozen=True)
class Push:
    """A notification to a device of this user, which the push service accepted."""

    user_id: int
    conversation_id: int
    body: str
    unread_count: int
    at: float
    # When the server read what the notification shows.
    composed_at: float = 0.0
