"""Stores a message: locks the conversation, inserts the message and updates the counters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from db.sql import Row, execute, fetch_one, to_db, to_time
from messaging.models import Conversation
from messaging.sql.columns import LOCKED
from messaging.sql.rules import VISIBLE


@dataclass(frozen=True)
class Stored:
    """The conversation as it was before the new message. If none was stored, `message_id` is None."""

    conversation: Conversation
    message_id: int | None
    created_at: datetime


# The sender is active, or could not send. So if an account is not active, it is the other person's.
_IS_OPEN = (
    "(NOT c.is_archived AND c.trainer_id IS NOT NULL AND c.trainee_id IS NOT NULL AND NOT EXISTS ("
    "SELECT 1 FROM users_user u WHERE u.id IN (c.trainer_id, c.trainee_id) AND NOT u.is_active))"
)
_INSERT = (
    "INSERT INTO messaging_message (conversation_id, sender_id, content, client_id, created_at,"
    " version, created_version, content_version, extras, reply_to_id)"
)
# After the wait for the lock, READ COMMITTED reads the row again. So a version is never used twice,
# and no message is added to a conversation that was archived during the wait.
# On SQLite, BEGIN IMMEDIATE has already locked the database.
_STORE = f"""
WITH locked AS (
    SELECT {LOCKED.of("c")}, {_IS_OPEN} AS is_open,
        greatest(%s, c.last_message_at, c.created_at) AS now
    FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE} FOR NO KEY UPDATE
), stored AS (
    {_INSERT}
    SELECT id, %s, %s, %s::uuid, now, version + 1, version + 1, version + 1, %s, %s::bigint
    FROM locked WHERE is_open
    ON CONFLICT DO NOTHING RETURNING id
), counted AS (
    UPDATE messaging_conversation c SET version = c.version + 1,
        message_count = c.message_count + 1, last_message_id = stored.id, last_message_at = locked.now
    FROM locked, stored WHERE c.id = locked.id
)
SELECT {LOCKED.of("locked")}, now, stored.id FROM locked LEFT JOIN stored ON true
"""
_SELECT_FOR_MESSAGE = f"""
SELECT {LOCKED.of("c")}, max(%s, coalesce(c.last_message_at, ''), c.created_at), {_IS_OPEN}
FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE}
"""
_COUNT_MESSAGE = """
UPDATE messaging_conversation SET version = version + 1, message_count = message_count + 1,
    last_message_id = %s, last_message_at = %s WHERE id = %s
"""


@dataclass(frozen=True)
class NewMessage:
    """
    A message to store. `content` is stripped; `extras` are bits of `messaging.models.Extra`.

    `reply_to` is the id of a message in the same conversation.
    """

    content: str
    client_id: UUID | None = None
    extras: int = 0
    reply_to: int | None = None


def store_message(
    conversation_id: int, sender_id: int, message: NewMessage, now: datetime
) -> Stored | None:
    """
    Lock a conversation and add a message as its next version.

    Return None if the conversation is not visible to the sender. Store nothing, and return None as
    `message_id`, if the conversation is archived, if a participant's account was deleted or
    deactivated, or if the sender has used `client_id` in this conversation before. `created_at` is never
    earlier than the `created_at` of the previous message, even if the servers' clocks differ. On
    PostgreSQL, all of this is a single statement, which needs no explicit transaction.
    """
    seen = [to_db(now), conversation_id, sender_id, sender_id]
    if connection.vendor == "postgresql":
        params = [sender_id, message.content, message.client_id, message.extras, message.reply_to]
        row: Row | None = fetch_one(_STORE, [*seen, *params])
    else:
        row = _store_in_steps(seen, message)
    if row is None:
        return None
    *locked, created_at, message_id = row
    return Stored(LOCKED.load(locked), message_id, to_time(created_at))


@transaction.atomic
def _store_in_steps(seen: list[Any], message: NewMessage) -> Row | None:
    """Do the same as `_STORE` on SQLite, which has no data-modifying CTEs."""
    found = fetch_one(_SELECT_FOR_MESSAGE, seen)
    if found is None:
        return None
    *locked, now, is_open = found
    conversation_id, version = locked[0], LOCKED.load(locked).version + 1
    client_id = message.client_id.hex if message.client_id else None
    written = [seen[-1], message.content, client_id, now]
    more = [message.extras, message.reply_to]
    stored = is_open and fetch_one(
        f"{_INSERT} VALUES ({', '.join(['%s'] * 10)}) ON CONFLICT DO NOTHING RETURNING id",
        [conversation_id, *written, version, version, version, *more],
    )
    if not stored:
        return (*locked, now, None)
    execute(_COUNT_MESSAGE, [stored[0], now, conversation_id])
    return (*locked, now, stored[0])
