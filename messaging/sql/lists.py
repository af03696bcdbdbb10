"""Lists of conversations, and what is counted in them."""

from collections.abc import Sequence
from typing import Any

from db.sql import Row, fetch_all, fetch_one
from messaging.models import PREVIEW_LENGTH, Conversation
from messaging.sql.columns import (
    ADDED_AT,
    JOIN_PEOPLE,
    WITH_PEOPLE,
    People,
    cut,
    load_conversation,
)
from messaging.sql.rules import ON_SIDE, UNREAD, VISIBLE

# PostgreSQL would put those without a message first, SQLite last.
NEWEST_ACTIVITY_FIRST = "c.last_message_at DESC NULLS LAST, c.id DESC"


def count_unread(user_id: int, side: str) -> int:
    """Count what is unread in the active conversations in which a user is on that side."""
    row = fetch_one(
        "SELECT count(*) FROM messaging_conversation c"
        f" JOIN messaging_message m ON m.conversation_id = c.id AND {UNREAD}"
        f" WHERE {ON_SIDE.format(side=side)}",
        [user_id, user_id, False],
    )
    return int(row[0]) if row else 0


def count_conversations(user_id: int, side: str, *, archived: bool) -> int:
    row = fetch_one(
        f"SELECT count(*) FROM messaging_conversation c WHERE {ON_SIDE.format(side=side)}",
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
        f"SELECT {WITH_PEOPLE}, substr(l.content, 1, {PREVIEW_LENGTH}),"
        f" (SELECT count(*) FROM messaging_message m WHERE m.conversation_id = c.id AND {UNREAD})"
        f" FROM {source} c {JOIN_PEOPLE} LEFT JOIN messaging_message l ON l.id = c.last_message_id"
        f" ORDER BY {NEWEST_ACTIVITY_FIRST}"
    )
    people: People = {}
    return [_described(row, people) for row in fetch_all(sql, [user_id, *params])]


def _described(row: Row, people: People) -> Conversation:
    conversation = load_conversation(row, people)
    conversation.last_message_preview, conversation.unread_count = row[ADDED_AT:]
    return conversation


def page_of(side: str, limit: int, offset: int) -> str:
    """Return a source: a page of those in which somebody is on that side. Parameters: who, archived."""
    return (
        f"(SELECT * FROM messaging_conversation c WHERE {ON_SIDE.format(side=side)}"
        f" ORDER BY {NEWEST_ACTIVITY_FIRST} {cut(limit, offset)})"
    )


# Sources: one conversation that a user may see, and some of a user's.
ONE = f"(SELECT * FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE})"
SOME_OF = "(SELECT * FROM messaging_conversation WHERE (trainer_id = %s OR trainee_id = %s) AND id IN ({}))"
