"""The objects of the contract's section 2, as they must be sent."""

import re
from typing import Any

from tests.refusals import refusal, without_error

Body = dict[str, Any]


class Matches:
    """Equal to every string that matches a pattern, for values that only the server knows."""

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and bool(self.pattern.fullmatch(other))

    def __hash__(self) -> int:
        return hash(self.pattern)

    def __repr__(self) -> str:
        return f"Matches({self.pattern.pattern!r})"


TIME = Matches(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
TOKEN = Matches(r"[\w-]+\.[\w-]+\.[\w-]+")
PAIR = {"access": TOKEN, "refresh": TOKEN}
NO_ACCOUNT = {
    "detail": "The email address or password is wrong, or the account has been deactivated.",
    "code": "invalid_credentials",
}
NO_CREDENTIALS = refusal("Authentication credentials were not provided.", "not_authenticated")
TRAINER_ONLY = refusal("Only a trainer can start a conversation.", "trainer_only")
ARCHIVED = refusal(
    "This conversation is archived. You can read it, but you can't reply.", "conversation_archived"
)
BAD_FRAME = {
    "type": "error",
    "detail": "A frame must be a JSON object, sent as WebSocket text.",
    "code": "bad_frame",
}
NOT_FOUND = refusal("Not found.", "not_found")
READ_ONLY = refusal(
    "You are viewing another person's account: you can read everything, but change nothing.",
    "impersonation_read_only",
)
NOT_VALID = refusal("The token is not valid or has expired.", "token_not_valid")
NOT_VALID_JWT = without_error(NOT_VALID)


def page(*results: Body, **changes: Any) -> Body:
    return {"count": len(results), "next": None, "previous": None, "results": [*results]} | changes


def sender(me: Body) -> Body:
    return {key: me[key] for key in ("id", "first_name", "last_name", "profile_image")}


def participant(me: Body) -> Body:
    return {**sender(me), "email": me["email"]}


def message(id: int, by: Body, content: str, version: int, **changes: Any) -> Body:  # noqa: A002 - the field's name
    return {
        "id": id,
        "conversation_id": 1,
        "sender": sender(by),
        "content": content,
        "is_read": False,
        "read_at": None,
        "created_at": TIME,
        "version": version,
        "client_id": None,
        "image": None,
        "edited_at": None,
        "is_deleted": False,
        "attachments": [],
        "reply_to": None,
        "reactions": [],
        "event": None,
    } | changes


def read(message: Body, read_at: str, version: int) -> Body:
    return {**message, "is_read": True, "read_at": read_at, "version": version}


def trainee(me: Body, conversation_id: int | None) -> Body:
    return {key: me[key] for key in ("id", "email", "first_name", "last_name", "is_active")} | {
        "created_at": TIME,
        "profile_complete": True,
        "last_activity": None,
        "current_program": None,
        "conversation_id": conversation_id,
    }


def badge(count: int) -> Body:
    return {"type": "unread_count", "unread_count": count}
