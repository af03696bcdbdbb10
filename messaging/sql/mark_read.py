"""Marks messages as read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from api.fields import MAX_ID
from db.sql import Row, execute, fetch_all, fetch_one, to_db
from messaging.models import Conversation
from messaging.sql.columns import LOCKED
from messaging.sql.rules import UNREAD, VISIBLE


@dataclass(frozen=True)
class MarkedMessages:
    """
    A locked conversation, and the messages in it that were marked as read.

    If the caller named the last message to mark, `has_message` tells whether that message is in this
    conversation. If all messages were to be marked, `has_message` is False. `count` is the number of
    marked messages. `up_to` is the highest id among them, or None if none were marked.
    """

    conversation: Conversation
    has_message: bool
    count: int
    up_to: int | None


# A message never moves to another conversation, so this check needs no lock. Message ids are assigned
# under the conversation's lock, so if the message `up_to` is visible to the statement, all earlier
# messages are visible too. Without `up_to`, messages that are committed during the wait for the lock
# must also be marked, but the waiting statement does not see them. In that case, a separate statement
# takes the lock first.
_HAS_MESSAGE = (
    "EXISTS (SELECT 1 FROM messaging_message m WHERE m.id = %s AND m.conversation_id = c.id)"
)
_SELECT_FOR_MARK = f"""
SELECT {LOCKED.of("c")}, {_HAS_MESSAGE} AS has_message
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
SELECT {LOCKED.of("locked")}, has_message, (SELECT count(*) FROM marked),
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
) -> MarkedMessages | None:
    """
    Lock a conversation, and mark the reader's unread messages as read.

    If any are marked, the conversation gets a new version. `up_to` is the id of the last message to
    mark, or None to mark all. If that message is not in this conversation, nothing is marked. Return
    None if the conversation is not visible to the reader.
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
    return MarkedMessages(LOCKED.load(locked), bool(has_message), count, marked_up_to)


@transaction.atomic
def _mark_all(params: list[Any]) -> Row | None:
    """Mark all messages as read, including those that are committed while this waits for the lock."""
    return fetch_one(_MARK, params) if fetch_one(_LOCK, params[1:4]) else None


@transaction.atomic
def _mark_in_steps(seen: list[Any], now: str, last: int, *, marks_all: bool) -> Row | None:
    """Do the same as `_MARK` on SQLite, which has no data-modifying CTEs."""
    found = fetch_one(_SELECT_FOR_MARK, seen)
    if found is None:
        return None
    *locked, has_message = found
    conversation_id, version = locked[0], LOCKED.load(locked).version + 1
    params = [now, version, version, conversation_id, seen[-1], last]
    marked = [pk for (pk,) in fetch_all(_MARK_ONLY, params)] if has_message or marks_all else []
    if marked:
        execute(_BUMP, [conversation_id])
    return (*locked, has_message, len(marked), max(marked, default=None))
