"""
The statements of the hot paths, by hand: see users.sql for why.

`conversation` is `c`, `message` is `m` everywhere. Who may see what is written once, in `VISIBLE`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from messaging.models import PREVIEW_LENGTH, Conversation, Message
from users.fields import MAX_ID
from users.models import User
from users.sql import Columns, Given, Row, execute, fetch_all, fetch_one, to_db, to_time

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
    loaded = conversation._state.fields_cache
    loaded["trainer"] = _load_person(row[_PERSON_AT : _PERSON_AT + PERSON.count], people)
    loaded["trainee"] = _load_person(row[_PERSON_AT + PERSON.count : _ADDED_AT], people)
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


@dataclass(frozen=True)
class Stored:
    """A conversation as it was locked, and the message that was stored in it, if it could be."""

    conversation: Conversation
    message_id: int | None
    created_at: datetime


_LOCKED = Columns(Conversation, "id", "trainer", "trainee", "version", "is_archived")
_IS_OPEN = "NOT c.is_archived AND c.trainer_id IS NOT NULL AND c.trainee_id IS NOT NULL"
_INSERT = (
    "INSERT INTO messaging_message (conversation_id, sender_id, content, client_id, created_at,"
    " version, created_version)"
)
# Whoever waits for the lock goes on from the row as it is then, so that no number is taken twice and
# nothing slips in behind an archival. SQLite has locked everything at BEGIN.
_STORE = f"""
WITH locked AS (
    SELECT {_LOCKED.of("c")}, {_IS_OPEN} AS is_open,
        greatest(%s, c.last_message_at, c.created_at) AS now
    FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE} FOR NO KEY UPDATE
), stored AS (
    {_INSERT}
    SELECT id, %s, %s, %s::uuid, now, version + 1, version + 1 FROM locked WHERE is_open
    ON CONFLICT DO NOTHING RETURNING id
), counted AS (
    UPDATE messaging_conversation c SET version = c.version + 1,
        message_count = c.message_count + 1, last_message_id = stored.id, last_message_at = locked.now
    FROM locked, stored WHERE c.id = locked.id
)
SELECT {_LOCKED.of("locked")}, now, stored.id FROM locked LEFT JOIN stored ON true
"""
_SELECT_FOR_MESSAGE = f"""
SELECT {_LOCKED.of("c")}, max(%s, coalesce(c.last_message_at, ''), c.created_at), {_IS_OPEN}
FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE}
"""
_COUNT_MESSAGE = """
UPDATE messaging_conversation SET version = version + 1, message_count = message_count + 1,
    last_message_id = %s, last_message_at = %s WHERE id = %s
"""


def store_message(
    conversation_id: int, sender_id: int, content: str, client_id: UUID | None, now: datetime
) -> Stored | None:
    """
    Lock a conversation that the sender may see, and add a message as its next version.

    Nothing is stored when it is archived, when one of its people is gone, and for a `client_id`
    that was used before. Clocks of several machines differ: `created_at` is not before what stands
    there already. Needs a transaction on SQLite.
    """
    seen = [to_db(now), conversation_id, sender_id, sender_id]
    if connection.vendor == "postgresql":
        row: Row | None = fetch_one(_STORE, [*seen, sender_id, content, client_id])
    else:
        row = _store_in_steps(seen, [sender_id, content, client_id.hex if client_id else None])
    if row is None:
        return None
    *locked, created_at, message_id = row
    return Stored(_LOCKED.load(locked), message_id, to_time(created_at))


def _store_in_steps(seen: list[Any], message: list[Any]) -> Row | None:
    """Do as `_STORE` does, on SQLite: it has no WITH that changes data."""
    found = fetch_one(_SELECT_FOR_MESSAGE, seen)
    if found is None:
        return None
    *locked, now, is_open = found
    conversation_id, version = locked[0], _LOCKED.load(locked).version + 1
    stored = is_open and fetch_one(
        f"{_INSERT} VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        [conversation_id, *message, now, version, version],
    )
    if not stored:
        return (*locked, now, None)
    execute(_COUNT_MESSAGE, [stored[0], now, conversation_id])
    return (*locked, now, stored[0])


@dataclass(frozen=True)
class Marked:
    """A conversation as it was locked, whether it has the message asked for, and what was marked."""

    conversation: Conversation
    has_message: bool
    count: int
    up_to: int | None


# Messages never move, so whether one is of a conversation needs no lock. Their ids are handed out
# under it, so all up to one that somebody has seen are there to be marked; without `up_to` what was
# stored while this waits must be marked too, and a statement does not see what began after it did.
_HAS_MESSAGE = (
    "EXISTS (SELECT 1 FROM messaging_message m WHERE m.id = %s AND m.conversation_id = c.id)"
)
_SELECT_FOR_MARK = f"""
SELECT {_LOCKED.of("c")}, {_HAS_MESSAGE} AS has_message
FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE}
"""
_MARK = f"""
WITH locked AS ({_SELECT_FOR_MARK} FOR NO KEY UPDATE), marked AS (
    UPDATE messaging_message m
    SET read_at = %s, version = locked.version + 1, read_version = locked.version + 1
    FROM locked WHERE m.conversation_id = locked.id AND {UNREAD} AND m.id <= %s
        AND (has_message OR %s) RETURNING m.id
), bumped AS (
    UPDATE messaging_conversation c SET version = c.version + 1
    FROM locked WHERE c.id = locked.id AND EXISTS (SELECT 1 FROM marked)
)
SELECT {_LOCKED.of("locked")}, has_message, (SELECT count(*) FROM marked),
    (SELECT max(id) FROM marked)
FROM locked
"""
_LOCK = f"SELECT 1 FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE} FOR NO KEY UPDATE"
_MARK_ONLY = f"""
UPDATE messaging_message AS m SET read_at = %s, version = %s, read_version = %s
WHERE m.conversation_id = %s AND {UNREAD} AND m.id <= %s RETURNING id
"""
_BUMP = "UPDATE messaging_conversation SET version = version + 1 WHERE id = %s"


def mark_messages(
    conversation_id: int, reader_id: int, up_to: int | None, now: datetime
) -> Marked | None:
    """
    Lock a conversation that the reader may see, and mark what they have not read as its next version.

    With `up_to` no more than up to that message, and nothing if it is not of this conversation.
    """
    seen = [up_to or 0, conversation_id, reader_id, reader_id]
    last = MAX_ID if up_to is None else up_to
    if connection.vendor != "postgresql":
        row = _mark_in_steps(seen, to_db(now), last, marks_all=up_to is None)
    elif up_to is None:
        row = _mark_all([*seen, to_db(now), reader_id, last, True])
    else:
        row = fetch_one(_MARK, [*seen, to_db(now), reader_id, last, False])
    if row is None:
        return None
    *locked, has_message, count, marked_up_to = row
    return Marked(_LOCKED.load(locked), bool(has_message), count, marked_up_to)


@transaction.atomic
def _mark_all(params: list[Any]) -> Row | None:
    """Wait for the lock in a statement of its own, and mark what the next one sees."""
    return fetch_one(_MARK, params) if fetch_one(_LOCK, params[1:4]) else None


@transaction.atomic
def _mark_in_steps(seen: list[Any], now: str, last: int, *, marks_all: bool) -> Row | None:
    """Do as `_MARK` does, on SQLite."""
    found = fetch_one(_SELECT_FOR_MARK, seen)
    if found is None:
        return None
    *locked, has_message = found
    conversation_id, version = locked[0], _LOCKED.load(locked).version + 1
    params = [now, version, version, conversation_id, seen[-1], last]
    marked = [pk for (pk,) in fetch_all(_MARK_ONLY, params)] if has_message or marks_all else []
    if marked:
        execute(_BUMP, [conversation_id])
    return (*locked, has_message, len(marked), max(marked, default=None))


@dataclass(frozen=True)
class Part:
    """Which messages of a conversation, in which order; the texts are constants, `params` their values."""

    where: str
    order: str
    params: Sequence[Any]
    limit: int
    offset: int = 0

    @property
    def sql(self) -> str:
        """Return the SELECT. Parameters: the conversation, `params`, limit and offset."""
        return (
            f"SELECT {MESSAGE.of('m')} FROM messaging_message m WHERE m.conversation_id = {{}}"
            f" AND {self.where} ORDER BY {self.order} LIMIT %s OFFSET %s"
        )


def select_messages(conversation_id: int, part: Part) -> list[Message]:
    """Return some messages of a conversation."""
    params = [conversation_id, *part.params, part.limit, part.offset]
    return [MESSAGE.load(row) for row in fetch_all(part.sql.format("%s"), params)]


def select_thread(
    conversation_id: int, user_id: int, part: Part
) -> tuple[Conversation | None, list[Message]]:
    """
    Return a conversation that a user may see, with its people, and some of its messages.

    On PostgreSQL that is one statement, so all is of one moment.
    """
    if connection.vendor != "postgresql":
        conversation = select_conversation(conversation_id, user_id)
        return conversation, select_messages(conversation_id, part) if conversation else []
    sql = (
        f"SELECT {_WITH_PEOPLE}, {MESSAGE.of('m')} FROM messaging_conversation c {_PEOPLE}"
        f" LEFT JOIN LATERAL ({part.sql.format('c.id')}) m ON true"
        f" WHERE c.id = %s AND {VISIBLE} ORDER BY {part.order}"
    )
    rows = fetch_all(
        sql, [*part.params, part.limit, part.offset, conversation_id, user_id, user_id]
    )
    messages = [MESSAGE.load(row[_ADDED_AT:]) for row in rows if row[_ADDED_AT] is not None]
    return (_load_conversation(rows[0], {}) if rows else None), messages


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


# What the review of open sockets asks
# ------------------------------------------------------------------------------
_POSITIONS = Given("key", "user_id", "conversation_id", "version")
_NEWER = """
SELECT given.key, c.version
FROM {given} LEFT JOIN messaging_conversation c ON c.id = given.conversation_id
    AND NOT c.is_archived AND given.user_id IN (c.trainer_id, c.trainee_id)
WHERE c.id IS NULL OR c.version > given.version
"""
_SUMS = Given("key", "user_id", "known_count", "known_ids", "known_versions")
# PostgreSQL adds up ids to a numeric, which a client would get as a Decimal.
_OTHER_SUMS = """
SELECT given.key, count(c.id), CAST(COALESCE(sum(c.id), 0) AS bigint), COALESCE(sum(c.version), 0)
FROM {given} LEFT JOIN messaging_conversation c
    ON (c.trainer_id = given.user_id OR c.trainee_id = given.user_id) AND NOT c.is_archived
GROUP BY given.key, given.known_count, given.known_ids, given.known_versions
HAVING count(c.id) <> given.known_count OR COALESCE(sum(c.id), 0) <> given.known_ids
    OR COALESCE(sum(c.version), 0) <> given.known_versions
"""


def select_newer(*positions: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the keys of those who are not where their conversation is, with its version or None."""
    return fetch_all(_NEWER.format(given=_POSITIONS.table), _POSITIONS.params(*positions))


def select_other_sums(*sums: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the keys of the sums that are not right any more, with how they stand."""
    return fetch_all(_OTHER_SUMS.format(given=_SUMS.table), _SUMS.params(*sums))
