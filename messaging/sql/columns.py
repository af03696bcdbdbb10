"""What is selected, and how it becomes instances."""

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

# What a change needs to know of the conversation that it has locked.
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
    Return what ends a page, written out.

    With a parameter for the limit PostgreSQL expects a tenth of all rows, finds that a plan for the
    real number is worth it, and plans anew each time: twice the cost of reading a page.
    """
    return f"LIMIT {limit:d} OFFSET {offset:d}" if offset else f"LIMIT {limit:d}"


def load_conversation(row: Row, people: People) -> Conversation:
    """Return a conversation with its two people, each None when the account is gone."""
    conversation = CONVERSATION.load(row[:_PERSON_AT])
    loaded = conversation._state.fields_cache
    loaded["trainer"] = _load_person(row[_PERSON_AT : _PERSON_AT + PERSON.count], people)
    loaded["trainee"] = _load_person(row[_PERSON_AT + PERSON.count : ADDED_AT], people)
    return conversation


def _load_person(row: Row, people: People) -> User | None:
    """Return a person, the same instance for the same id: in a list one side is always the reader."""
    user_id = row[0]
    if user_id and user_id not in people:
        people[user_id] = PERSON.load(row)
    return people.get(user_id)
