"""
Fill the database: one trainer with 500 trainees, and 50 trainers with 20 each.

The messages of all conversations are interleaved, as in real use, so that each conversation's
messages are scattered across the disk. In each conversation, the last 20 messages are unread; each
person sent ten of them. All other messages are read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import psycopg

BUSY_TRAINER = 1
BUSY_TRAINEES = 500
PAIRS = 1000
TRAINEES_EACH = 20
CONVERSATIONS = BUSY_TRAINEES + PAIRS
FIRST_TRAINEE = 1000
UNREAD = 20
# Number of messages that one read receipt covers; each receipt has its own version.
READ_TOGETHER = 10
SECRET_KEY = "of-the-benchmark-and-of-nothing-else-0123456789-0123456789"

_TRAINER = (
    f"CASE WHEN k < {BUSY_TRAINEES} THEN 1 ELSE 2 + (k - {BUSY_TRAINEES}) / {TRAINEES_EACH} END"
)
_CLEAR = """
TRUNCATE messaging_message, messaging_conversation, users_authsession, users_user
RESTART IDENTITY CASCADE
"""
_PEOPLE = f"""
INSERT INTO users_user (id, password, is_superuser, email, role, parent_trainer_id, first_name,
    last_name, business_name, phone_number, profile_image, onboarding_completed, is_active, is_staff,
    created_at, search_text, sort_key, folded_from)
SELECT id, '!', false, 'person' || id || '@example.com', role, trainer, 'Person', 'Number ' || id,
    '', '', '', true, true, false, now(),
    'person number ' || id || ' person' || id || '@example.com',
    convert_to('person' || chr(1) || 'number ' || lpad(id::text, 20, '0'), 'UTF8'),
    E'Person\\nNumber ' || id || E'\\nperson' || id || '@example.com'
FROM (
    SELECT id, 'TRAINER' AS role, NULL::bigint AS trainer FROM generate_series(1, 51) id
    UNION ALL
    SELECT {FIRST_TRAINEE} + k, 'TRAINEE', {_TRAINER} FROM generate_series(0, {CONVERSATIONS} - 1) k
) people
"""
_SESSIONS = """
INSERT INTO users_authsession (id, kind, user_id, user_email, impersonator_email, created_at, expires_at)
SELECT id, 'SIGN_IN', id, email, '', now(), now() + interval '30 days' FROM users_user
"""
_SESSION_SEQUENCE = """
SELECT setval(pg_get_serial_sequence('users_authsession', 'id'), max(id)) FROM users_authsession
"""
_CONVERSATIONS = f"""
INSERT INTO messaging_conversation (id, trainer_id, trainee_id, version, message_count,
    last_message_at, is_archived, created_at)
SELECT k + 1, {_TRAINER}, {FIRST_TRAINEE} + k, 0, 0, now(), false, now() - interval '3 years'
FROM generate_series(0, {CONVERSATIONS} - 1) k
"""
_PARTICIPANTS = """
INSERT INTO messaging_participant (conversation_id, user_id, side)
SELECT id, trainer_id, 'trainer' FROM messaging_conversation
UNION ALL
SELECT id, trainee_id, 'trainee' FROM messaging_conversation
"""
# n is the index of a message in its conversation, from 0. Parameter: messages per conversation.
_MESSAGES = f"""
INSERT INTO messaging_message (id, conversation_id, sender_id, content, client_id, created_at,
    read_at, version, created_version, content_version, read_version)
SELECT n * {CONVERSATIONS} + k + 1, k + 1,
    CASE WHEN mod(n, 2) = 0 THEN {FIRST_TRAINEE} + k ELSE {_TRAINER} END,
    {{content}},
    gen_random_uuid(),
    written, CASE WHEN is_read THEN written END,
    CASE WHEN is_read THEN read_version ELSE created_version END,
    created_version, created_version, CASE WHEN is_read THEN read_version END
FROM (SELECT %(messages)s::bigint AS messages) size
CROSS JOIN LATERAL generate_series(0, messages - 1) n
CROSS JOIN LATERAL (
    SELECT n < messages - {UNREAD} AS is_read,
        now() - (messages - n) * interval '3 years' / messages AS written,
        (n / {READ_TOGETHER} + 1) * ({READ_TOGETHER} + 1) AS read_version,
        n + 1 + LEAST(n, messages - {UNREAD}) / {READ_TOGETHER} AS created_version
) message
CROSS JOIN LATERAL generate_series(0, {CONVERSATIONS} - 1) k
"""
SAME_TEXT = "'Message ' || n || ': three sets of eight, the last one slower, then stretch.'"
_LAST = f"""
UPDATE messaging_conversation SET message_count = %(messages)s, version = %(version)s,
    last_message_id = (%(messages)s - 1) * {CONVERSATIONS} + id,
    last_message_at = now() - id * interval '1 second'
"""
# Created after the rows are inserted; otherwise inserting would take five times as long.
_INDEXES = """
SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
        ELSE format('ALTER TABLE messaging_message DROP CONSTRAINT %I', c.conname) END,
    CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
        ELSE format('ALTER TABLE messaging_message ADD CONSTRAINT %I %s', c.conname,
            pg_get_constraintdef(c.oid)) END
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'
WHERE i.indrelid = 'messaging_message'::regclass AND NOT i.indisprimary
"""
_SEQUENCE = "SELECT setval(pg_get_serial_sequence('messaging_message', 'id'), %(next)s)"
# Otherwise the product would send an email about the unread messages to all 1,551 people meanwhile.
_SCANNED = (
    "UPDATE push_mailcursor SET scanned_up_to = %(next)s",
    "UPDATE push_pushcursor SET first_look = %(next)s, second_look = %(next)s",
)


@dataclass(frozen=True)
class Pair:
    """One conversation and its two people."""

    conversation_id: int
    trainer_id: int
    trainee_id: int


def list_pairs() -> list[Pair]:
    """Return the pairs of the trainers with 20 trainees each, without the busy trainer's pairs."""
    return [
        Pair(k + 1, 2 + (k - BUSY_TRAINEES) // TRAINEES_EACH, FIRST_TRAINEE + k)
        for k in range(BUSY_TRAINEES, CONVERSATIONS)
    ]


@dataclass(frozen=True)
class Dataset:
    """A filled database, with `messages` messages in each conversation."""

    database_url: str
    messages: int
    content: str = SAME_TEXT
    """The SQL of a text. `n` is the index of the message, `k` that of the conversation."""

    @property
    def version(self) -> int:
        """Return the version of every conversation before anything is read or sent."""
        return self.messages + (self.messages - UNREAD) // READ_TOGETHER

    @property
    def total(self) -> int:
        return self.messages * CONVERSATIONS

    def message_id(self, pair: Pair, n: int) -> int:
        """Return the id of a pair's message number `n`, from 0."""
        return n * CONVERSATIONS + pair.conversation_id

    def fill(self) -> None:
        """Replace the contents of the database; `messages` is a multiple of ten, at least 30."""
        assert self.messages % READ_TOGETHER == 0
        assert self.messages > UNREAD
        values = {"messages": self.messages, "version": self.version, "next": self.total}
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            with connection.transaction():
                # Otherwise foreign keys cause three queries per row.
                connection.execute("SET LOCAL session_replication_role = replica")
                for sql in (
                    *(_CLEAR, _PEOPLE, _SESSIONS, _SESSION_SEQUENCE),
                    *(_CONVERSATIONS, _PARTICIPANTS),
                ):
                    connection.execute(sql)
                with _without_indexes(connection):
                    connection.execute(_MESSAGES.format(content=self.content).encode(), values)
                for sql in (_LAST, _SEQUENCE, *_SCANNED):
                    connection.execute(sql, values)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    @property
    def has_search(self) -> bool:
        """Whether the tables are those of a release with a search."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("SELECT to_regclass('messaging_searchpending')").fetchone()
            return row is not None and row[0] is not None

    def count_unindexed(self) -> int:
        """Return how many messages are not in the search index yet."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("SELECT count(*) FROM messaging_searchpending").fetchone()
            return int(row[0]) if row else 0

    def unread_again(self) -> int:
        """Mark the last 20 messages of each conversation as unread; return how many had been read."""
        sql = (
            "UPDATE messaging_message SET read_at = NULL, read_version = NULL"
            " WHERE read_at IS NOT NULL AND id > %s"
        )
        with psycopg.connect(self.database_url) as connection:
            first_unread = (self.messages - UNREAD) * CONVERSATIONS
            return connection.execute(sql, [first_unread]).rowcount


@contextmanager
def _without_indexes(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Drop the indexes of messages, except the primary key's, and recreate them afterwards."""
    found = connection.execute(_INDEXES).fetchall()
    for drop, _ in found:
        connection.execute(drop.encode())
    yield
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, make in found:
        connection.execute(make.encode())


def token_of(user_id: int) -> str:
    """Sign an access token as the product does. The session's id is the user's id."""
    now = datetime.now(UTC)
    claims = {
        "token_type": "access",
        "exp": now + timedelta(hours=5),
        "iat": now,
        "jti": f"{user_id:032x}",
        "user_id": user_id,
        "sid": user_id,
    }
    return jwt.encode(claims, SECRET_KEY, algorithm="HS256")
