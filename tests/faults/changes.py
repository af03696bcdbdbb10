"""What people do to messages after sending them: edits, deletions and reactions."""

from dataclasses import dataclass
from typing import Any

from tests.faults.causes import Request

EDIT, DELETE, REACT, UNREACT = "edit", "delete", "react", "unreact"
NO_ANSWER = 0
MESSAGE_DELETED = "message_deleted"


@dataclass
class Change(Request):
    """
    A change of one message, with the responses to all its attempts.

    `value` is the new text or the emoji. A probe is tried only once, and may be refused because the message
    is deleted.
    """

    kind: str = EDIT
    by: int = 0
    value: str = ""
    is_probe: bool = False

    @property
    def is_refused(self) -> bool:
        """Return whether the server has answered that the message is deleted."""
        return any(code_of(each.body) == MESSAGE_DELETED for each in self.answers)

    @property
    def is_over(self) -> bool:
        return self.is_accepted or self.is_refused

    @property
    def is_doubtful(self) -> bool:
        """Return whether an attempt has no response: a process that was frozen may execute it later."""
        return any(each.status == NO_ANSWER for each in self.answers)

    @property
    def began(self) -> float:
        return min((each.began for each in self.answers), default=float("inf"))

    @property
    def accepted_at(self) -> float:
        """Return the time of the first response that accepted the change; infinity if there is none."""
        return min((each.ended for each in self.answers if each.is_accepted), default=float("inf"))


def code_of(body: Any) -> str:
    """Return the error code in the body of a response; "" if there is none."""
    return str(body.get("code", "")) if isinstance(body, dict) else ""
