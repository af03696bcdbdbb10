"""A conversation and its messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from db.sql import fetch_all, fetch_one
from messaging.models import Conversation, Message
from messaging.sql.columns import (
    ADDED_AT,
    JOIN_PEOPLE,
    MESSAGE,
    WITH_PEOPLE,
    cut,
    load_conversation,
)
from messaging.sql.rules import VISIBLE


def select_conversation(conversation_id: int, user_id: int) -> Conversation | None:
    """Return a conversation that a user may see, with its people."""
    row = fetch_one(
        f"SELECT {WITH_PEOPLE} FROM messaging_conversation c {JOIN_PEOPLE} WHERE c.id = %s AND {VISIBLE}",
        [conversation_id, user_id, user_id],
    )
    return load_conversation(row, {}) if row else None


@dataclass(frozen=True)
class MessageQuery:
    """A WHERE/ORDER BY/LIMIT for one conversation. `where` and `order` are trusted SQL."""

    where: str
    order: str
    params: Sequence[Any]
    limit: int
    offset: int = 0

    @property
    def sql(self) -> str:
        """Return the SELECT. Parameters: the conversation, and `params`."""
        return (
            f"SELECT {MESSAGE.of('m')} FROM messaging_message m WHERE m.conversation_id = {{}}"
            f" AND {self.where} ORDER BY {self.order} {cut(self.limit, self.offset)}"
        )


def select_messages(conversation_id: int, query: MessageQuery) -> list[Message]:
    """Return some messages of a conversation."""
    rows = fetch_all(query.sql.format("%s"), [conversation_id, *query.params])
    return [MESSAGE.load(row) for row in rows]


def select_thread(
    conversation_id: int, user_id: int, query: MessageQuery
) -> tuple[Conversation | None, list[Message]]:
    """
    Return a conversation that a user may see, with its people, and some of its messages.

    On PostgreSQL that is one statement, so all is of one moment.
    """
    if connection.vendor != "postgresql":
        conversation = select_conversation(conversation_id, user_id)
        return conversation, select_messages(conversation_id, query) if conversation else []
    sql = (
        f"SELECT {WITH_PEOPLE}, {MESSAGE.of('m')} FROM messaging_conversation c {JOIN_PEOPLE}"
        f" LEFT JOIN LATERAL ({query.sql.format('c.id')}) m ON true"
        f" WHERE c.id = %s AND {VISIBLE} ORDER BY {query.order}"
    )
    rows = fetch_all(sql, [*query.params, conversation_id, user_id, user_id])
    messages = [MESSAGE.load(row[ADDED_AT:]) for row in rows if row[ADDED_AT] is not None]
    return (load_conversation(rows[0], {}) if rows else None), messages
