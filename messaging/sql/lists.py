"""Selects lists of conversations, and counts conversations and unread messages."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet

from db.compiled import CompiledQuery, counting
from db.sql import Row, fetch_all
from messaging.last_known import as_last_known
from messaging.models import PREVIEW_LENGTH, Conversation, Message
from messaging.rows import ConversationEntry, MessageKind
from messaging.sql.columns import ENTRY, PERSON, People, cut, load_people
from messaging.sql.rules import ON_SIDE, UNREAD, VISIBLE
from text.graphemes import cut_text
from users.models import User

# In descending order, PostgreSQL sorts NULL (no message yet) first by default, SQLite last.
NEWEST_ACTIVITY_FIRST = "c.last_message_at DESC NULLS LAST, c.id DESC"
_TEXT = MessageKind.TEXT


@cache
def _unread_query(side: str) -> CompiledQuery:
    def build(user_id: int) -> QuerySet[Message, Any]:
        unread = Message.objects.unread_by(User(pk=user_id))
        active = {f"conversation__{side}": user_id, "conversation__is_archived": False}
        return counting(unread.filter(**active))

    return CompiledQuery(build, parameters=1)


def count_unread(user_id: int, side: str) -> int:
    """Count unread messages in active conversations where `side` (trainer or trainee) is the user."""
    ((number,),) = _unread_query(side).fetch_all(user_id)
    return int(number)


@cache
def _count_query(side: str, archived: bool) -> CompiledQuery:
    def build(user_id: int) -> QuerySet[Conversation, Any]:
        own = {side: user_id, "is_archived": archived}
        return counting(Conversation.objects.filter(**own))

    return CompiledQuery(build, parameters=1)


def count_conversations(user_id: int, side: str, *, archived: bool) -> int:
    """Count the archived or active conversations where `side` (trainer or trainee) is the user."""
    ((number,),) = _count_query(side, archived).fetch_all(user_id)
    return int(number)


def select_entries(source: str, params: Sequence[Any], user_id: int) -> list[ConversationEntry]:
    """
    Return the rows of a user's conversation list. `source` is a subquery for the conversations.

    `source` is limited to the conversations to return, so only their unread messages are counted, using
    the partial index on unread messages. A queryset cannot express this. With a queryset for the same
    rows, PostgreSQL would sort all of a trainer's conversations; for a page of 50 out of 500, that takes
    three times as long.
    """
    people: People = {}
    return [
        _load_entry(row, people, user_id)
        for row in fetch_all(_SELECT.format(source), [user_id, *params])
    ]


def _describe(
    beginning: str | None, extras: int, is_removed: bool
) -> tuple[MessageKind | None, str | None]:
    """Return the kind and the preview of the last message, or None for both. Most are plain texts."""
    if beginning and not extras and not is_removed:
        return _TEXT, cut_text(beginning, PREVIEW_LENGTH)
    if beginning is None:
        return None, None
    kind = MessageKind.of(beginning, extras, is_removed=is_removed)
    return kind, kind.preview_of(beginning)


def _load_entry(row: Row, people: People, user_id: int) -> ConversationEntry:
    *described, beginning, extras, is_removed, unread = row
    trainer, trainee = load_people(PERSON, described[ENTRY.count :], people)
    kind, preview = _describe(beginning, extras, is_removed)
    entry = ENTRY.load(described[: ENTRY.count], trainer, trainee, preview, kind, unread)
    if not entry.is_archived:
        return entry
    trainer, trainee = as_last_known(user_id, trainer, trainee, entry.last_known)
    return entry._replace(trainer=trainer, trainee=trainee)


_SELECT = f"""
SELECT {ENTRY.of("c")}, {PERSON.of("trainer")}, {PERSON.of("trainee")},
    substr(l.content, 1, {PREVIEW_LENGTH + 1}), l.extras, l.removed_at IS NOT NULL,
    (SELECT count(*) FROM messaging_message m WHERE m.conversation_id = c.id AND {UNREAD})
FROM {{}} c
LEFT JOIN users_user trainer ON trainer.id = c.trainer_id
LEFT JOIN users_user trainee ON trainee.id = c.trainee_id
LEFT JOIN messaging_message l ON l.id = c.last_message_id
ORDER BY {NEWEST_ACTIVITY_FIRST}
"""


def page_of(side: str, limit: int, offset: int) -> str:
    """Return a subquery for a page, to pass to `select_entries` with the params [user id, is_archived]."""
    return (
        f"(SELECT * FROM messaging_conversation c WHERE {ON_SIDE.format(side=side)}"
        f" ORDER BY {NEWEST_ACTIVITY_FIRST} {cut(limit, offset)})"
    )


# Two sources: one conversation, if the user may see it; a user's conversations with certain ids.
ONE = f"(SELECT * FROM messaging_conversation c WHERE c.id = %s AND {VISIBLE})"
SOME_OF = "(SELECT * FROM messaging_conversation WHERE (trainer_id = %s OR trainee_id = %s) AND id IN ({}))"
