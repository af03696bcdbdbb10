"""Requests after which a job has to notify or e-mail somebody, and the notifications that came."""

from dataclasses import dataclass, field

from tests.faults.answers import Answer


@dataclass
class Request:
    """One request, which is sent once or several times."""

    answers: list[Answer] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return any(each.is_accepted for each in self.answers)


@dataclass
class Letter(Request):
    """The only message to a trainee who never reads it, so each must be notified by its text."""

    trainee_id: int = 0
    content: str = ""


@dataclass
class Invite(Request):
    """An invitation of an address that no other invitation has."""

    email: str = ""


@dataclass
class Reset(Request):
    """A request for a link that sets a new password, by an account that makes no other."""

    email: str = ""


@dataclass(frozen=True)
class Push:
    """A notification that the push service took for a device of this user."""

    user_id: int
    conversation_id: int
    body: str
    unread_count: int
    at: float
