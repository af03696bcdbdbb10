"""The columns that statements select, and how rows become model instances."""

from db.sql import Columns, Row
from messaging.models import Conversation, Message
from users.models import User

CONVERSATION = Columns(
    Conversation,
    "id",
    "trainer",
    "trainee",
    "version",
    "message_count",
    "last_message",
    "last_message_at",
    "is_archived",
    "created_at",
)
PERSON = Columns(User, "id", "email", "first_name", "last_name", "profile_image")
MESSAGE = Columns(
    Message,
    "id",
    "conversation",
    "sender",
    "content",
    "client_id",
    "created_at",
    "read_at",
    "version",
    "created_version",
    "read_version",
    "content_version",
)

# The columns of a locked conversation that a change needs.
LOCKED = Columns(Conversation, "id", "trainer", "trainee", "version", "is_archived")

WITH_PEOPLE = f"{CONVERSATION.of('c')}, {PERSON.of('trainer')}, {PERSON.of('trainee')}"
JOIN_PEOPLE = """
LEFT JOIN users_user trainer ON trainer.id = c.trainer_id
LEFT JOIN users_user trainee ON trainee.id = c.trainee_id
"""
_PERSON_AT = CONVERSATION.count
ADDED_AT = CONVERSATION.count + 2 * PERSON.count


People = dict[int, User]


def cut(limit: int, offset: int) -> str:
    """
    Return LIMIT and OFFSET as literals.

    If the limit were a parameter, PostgreSQL's generic plan would assume a tenth of all rows. It
    then prefers a custom plan, and so plans each execution anew: twice the cost of reading a page.
    """
    return f"LIMIT {limit:d} OFFSET {offset:d}" if offset else f"LIMIT {limit:d}"


def load_conversation(row: Row, people: People) -> Conversation:
    """Return a conversation with its two people; a person is None if the account was deleted."""
    conversation = CONVERSATION.load(row[:_PERSON_AT])
    loaded = conversation._state.fields_cache
    loaded["trainer"] = _load_person(row[_PERSON_AT : _PERSON_AT + PERSON.count], people)
    loaded["trainee"] = _load_person(row[_PERSON_AT + PERSON.count : ADDED_AT], people)
    return conversation


def _load_person(row: Row, people: People) -> User | None:
    """Return a person; the same id gives the same instance, as one side of a list is always the reader."""
    user_id = row[0]
    if user_id and user_id not in people:
        people[user_id] = PERSON.load(row)
    return people.get(user_id)
