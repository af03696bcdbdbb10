"""
The statements of the hot paths, by hand: see users.sql for why.

`conversation` is `c`, `message` is `m` everywhere. Who may see what is written once, in `VISIBLE`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from messaging.models import PREVIEW_LENGTH, Conversation, Message
from users.models import User
from users.sql import Columns, Row, execute, fetch_all, fetch_one, to_db

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
)

# The trainer sees all of their own, the trainee only what is active. Parameters: the user, twice.
VISIBLE = "(c.trainer_id = %s OR (c.trainee_id = %s AND NOT c.is_archived))"
# The other side's, unread. A deleted person is the other side. Parameter: the reader.
UNREAD = "m.read_at IS NULL AND (m.sender_id IS NULL OR m.sender_id <> %s)"

_WITH_PEOPLE = f"{CONVERSATION.of('c')}, {PERSON.of('trainer')}, {PERSON.of('trainee')}"
_PEOPLE = """
LEFT JOIN users_user trainer ON trainer.id = c.trainer_id
LEFT JOIN users_user trainee ON trainee.id = c.trainee_id
"""
_PERSON_AT = CONVERSATION.count
_ADDED_AT = CONVERSATION.count + 2 * PERSON.count


People = dict[int, User]


def _load_conversation(row: Row, people: People) -> Conversation:
    """Return a conversation with its two people, each None when the account is gone."""
    conversation = CONVERSATION.load(row[:_PERSON_AT])
    conversation.trainer = _load_person(row[_PERSON_AT : _PERSON_AT + PERSON.count], people)
    conversation.trainee = _load_person(row[_PERSON_AT + PERSON.count : _ADDED_AT], people)
    return conversation


def _load_person(row: Row, people: People) -> User | None:
    """Return a person, the same instance for the same id: in a list one side is always the reader."""
    user_id = row[0]
    if user_id and user_id not in people:
        people[user_id] = PERSON.load(row)
    return people.get(user_id)


def select_conversation(conversation_id: int, user_id: int) -> Conversation | None:
    """Return a conversation that a user may see, with its people."""
    row = fetch_one(
        f"SELECT {_WITH_PEOPLE} FROM messaging_conversation c {_PEOPLE} WHERE c.id = %s AND {VISIBLE}",
        [conversation_id, user_id, user_id],
    )
    return _load_conversation(row, {}) if row else None


def lock_conversation(
    conversation_id: int, user_id: int, message_id: int
) -> tuple[Conversation, bool] | None:
    """
    Take the row lock of a conversation that a user may see; SQLite has locked all at BEGIN.

    With it comes whether a message is one of its own; messages never move, so no lock is needed.
    """
    lock = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    row = fetch_one(
        f"SELECT {CONVERSATION.of('c')}, EXISTS (SELECT 1 FROM messaging_message m"
        " WHERE m.id = %s AND m.conversation_id = c.id)"
        f" FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE} {lock}",
        [message_id, conversation_id, user_id, user_id],
    )
    return (CONVERSATION.load(row[:-1]), bool(row[-1])) if row else None


def insert_message(message: Message) -> bool:
    """Store a new message and give it its id; return False for a `client_id` used before."""
    client_id: UUID | str | None = message.client_id
    if client_id:
        client_id = Message._meta.get_field("client_id").get_db_prep_value(client_id, connection)
    row = fetch_one(
        "INSERT INTO messaging_message (conversation_id, sender_id, content, client_id, created_at,"
        " version, created_version) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING id",
        [
            message.conversation_id,
            message.sender_id,
            message.content,
            client_id,
            to_db(message.created_at),
            message.version,
            message.created_version,
        ],
    )
    message.pk = row[0] if row else None
    return row is not None


def update_after_message(conversation: Conversation) -> None:
    """Store what a new message changes in its conversation."""
    execute(
        "UPDATE messaging_conversation SET version = %s, message_count = %s, last_message_id = %s,"
        " last_message_at = %s, is_archived = %s WHERE id = %s",
        [
            conversation.version,
            conversation.message_count,
            conversation.last_message_id,
            to_db(conversation.last_message_at),
            conversation.is_archived,
            conversation.pk,
        ],
    )


_MARK = (
    "UPDATE messaging_message AS m SET read_at = %s, version = %s, read_version = %s"
    f" WHERE m.conversation_id = %s AND {UNREAD} AND m.id <= %s RETURNING m.id"
)
_BUMP = "UPDATE messaging_conversation SET version = version + 1 WHERE id = %s"
_MARK_AND_BUMP = (
    f"WITH marked AS ({_MARK}), bumped AS ({_BUMP} AND EXISTS (SELECT 1 FROM marked))"
    " SELECT id FROM marked"
)


def mark_messages(
    conversation: Conversation, reader_id: int, up_to: int, now: datetime
) -> list[int]:
    """Mark what a reader has not read, as the next version if there is any; return the ids."""
    version = conversation.version + 1
    params = [to_db(now), version, version, conversation.pk, reader_id, up_to]
    if connection.vendor == "postgresql":
        return [pk for (pk,) in fetch_all(_MARK_AND_BUMP, [*params, conversation.pk])]
    # SQLite has no data-changing WITH; its RETURNING names the column without an alias.
    marked = [pk for (pk,) in fetch_all(_MARK.replace("RETURNING m.id", "RETURNING id"), params)]
    if marked:
        execute(_BUMP, [conversation.pk])
    return marked


def select_messages(where: str, params: Sequence[Any], order: str) -> list[Message]:
    """Return messages; the caller's `where` and `order` are constants, its values parameters."""
    sql = f"SELECT {MESSAGE.of('m')} FROM messaging_message m WHERE {where} ORDER BY {order}"
    return [MESSAGE.load(row) for row in fetch_all(sql, params)]


def count_unread(user_id: int, side: str) -> int:
    """Count what is unread in the active conversations in which a user is on that side."""
    row = fetch_one(
        "SELECT count(*) FROM messaging_conversation c"
        f" JOIN messaging_message m ON m.conversation_id = c.id AND {UNREAD}"
        f" WHERE c.{side}_id = %s AND NOT c.is_archived",
        [user_id, user_id],
    )
    return int(row[0]) if row else 0


def count_conversations(user_id: int, side: str, *, archived: bool) -> int:
    row = fetch_one(
        f"SELECT count(*) FROM messaging_conversation c WHERE c.{side}_id = %s AND c.is_archived = %s",
        [user_id, archived],
    )
    return int(row[0]) if row else 0


def select_described(source: str, params: Sequence[Any], user_id: int) -> list[Conversation]:
    """
    Return conversations with people, preview and unread count, from a source named `c`.

    The source is cut to its page first: what is counted follows the page and what is unread in it,
    over the partial index of unread messages.
    """
    sql = (
        f"SELECT {_WITH_PEOPLE}, substr(l.content, 1, {PREVIEW_LENGTH}),"
        f" (SELECT count(*) FROM messaging_message m WHERE m.conversation_id = c.id AND {UNREAD})"
        f" FROM {source} c {_PEOPLE} LEFT JOIN messaging_message l ON l.id = c.last_message_id"
        " ORDER BY c.last_message_at DESC, c.id DESC"
    )
    people: People = {}
    return [_described(row, people) for row in fetch_all(sql, [user_id, *params])]


def _described(row: Row, people: People) -> Conversation:
    conversation = _load_conversation(row, people)
    conversation.last_message_preview, conversation.unread_count = row[_ADDED_AT:]
    return conversation


PAGE_OF = {
    side: (
        f"(SELECT * FROM messaging_conversation WHERE {side}_id = %s AND is_archived = %s"
        " ORDER BY last_message_at DESC, id DESC LIMIT %s OFFSET %s)"
    )
    for side in ("trainer", "trainee")
}
SOME_OF = "(SELECT * FROM messaging_conversation WHERE (trainer_id = %s OR trainee_id = %s) AND id IN ({}))"
