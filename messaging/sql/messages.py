"""Selects a conversation and its messages, with querysets that are compiled once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from db.compiled import CompiledQuery
from db.sql import Row
from messaging.last_known import as_last_known
from messaging.models import MAX_VERSION, Conversation, Message, MessageQuerySet
from messaging.rows import MessageRow
from messaging.sql.columns import MESSAGE, SENDER, THREAD, load_people
from users.models import User

# Limits and offsets are literals, so each page number has a statement of its own in the cache.
KEPT_STATEMENTS = 256


@dataclass(frozen=True)
class MessageQuery:
    """A filter and an order for messages; `parameters` is the number of integers `build` takes."""

    build: Callable[..., MessageQuerySet]
    parameters: int = 0


NEWEST = MessageQuery(lambda: Message.objects.order_by("-id"))
BEFORE = MessageQuery(lambda pk: Message.objects.filter(id__lt=pk).order_by("-id"), 1)
AFTER = MessageQuery(lambda pk: Message.objects.filter(id__gt=pk).order_by("id"), 1)
# Without the upper bound, PostgreSQL expects a third of all rows to match and replans every execution.
CHANGES = MessageQuery(
    lambda since: Message.objects.filter(version__gt=since, version__lte=MAX_VERSION).order_by(
        "version", "id"
    ),
    1,
)
CHANGES_WITHIN = MessageQuery(
    lambda since, pk: Message.objects.filter(
        Q(version__gt=since) | Q(id__gt=pk), version__gte=since
    ).order_by("version", "id"),
    2,
)


def _columns_of_thread(path: str) -> list[str]:
    people = [name for side in ("trainer__", "trainee__") for name in SENDER.under(path + side)]
    return [*THREAD.under(path), *people]


def _load_conversation(row: Row, user_id: int) -> Conversation:
    """
    Return a conversation with its trainer and trainee, as `user_id` may see them.

    A deleted account becomes None.
    """
    conversation = THREAD.load(row[: THREAD.count])
    people = load_people(SENDER, row[THREAD.count :], {})
    if conversation.is_archived:
        people = as_last_known(user_id, *people, conversation.last_known)
    loaded = conversation._state.fields_cache
    loaded["trainer"], loaded["trainee"] = people
    return conversation


_conversation_query = CompiledQuery(
    lambda conversation_id, user_id: (
        Conversation.objects.visible_to(User(pk=user_id))
        .filter(pk=conversation_id)
        .values_list(*_columns_of_thread(""))
    ),
    parameters=2,
)


def select_conversation(conversation_id: int, user_id: int) -> Conversation | None:
    """Return a conversation with its participants, or None if it is not visible to the user."""
    rows = _conversation_query.fetch_all(conversation_id, user_id)
    return _load_conversation(rows[0], user_id) if rows else None


@lru_cache(KEPT_STATEMENTS)
def _page_query(limit: int, offset: int) -> CompiledQuery:
    def build(conversation_id: int) -> QuerySet[Message, Any]:
        messages = NEWEST.build().filter(conversation=conversation_id)
        return messages.values_list(*MESSAGE.names)[offset : offset + limit]

    return CompiledQuery(build, parameters=1)


def select_page(conversation_id: int, limit: int, offset: int) -> list[MessageRow]:
    """Return a page of a conversation's messages, newest first."""
    return [MESSAGE.load(row) for row in _page_query(limit, offset).fetch_all(conversation_id)]


@lru_cache(KEPT_STATEMENTS)
def _messages_query(query: MessageQuery, limit: int) -> CompiledQuery:
    def build(conversation_id: int, user_id: int, *params: int) -> QuerySet[Message, Any]:
        visible = query.build(*params).visible_to(User(pk=user_id))
        columns = [*MESSAGE.names, *_columns_of_thread("conversation__")]
        return visible.filter(conversation=conversation_id).values_list(*columns)[:limit]

    return CompiledQuery(build, parameters=2 + query.parameters)


def select_messages(
    conversation_id: int, user_id: int, query: MessageQuery, params: Sequence[int], limit: int
) -> tuple[Conversation | None, list[MessageRow]]:
    """
    Return a conversation with its participants, and the messages that `query` selects.

    The conversation is None if it is not visible to the user. A single statement reads the messages
    together with their conversation, from one snapshot. If no messages are selected, a second statement
    reads the conversation. If messages may have been added in between, the first statement is repeated,
    so that the messages include every change up to the conversation's version.
    """
    compiled = _messages_query(query, limit)
    rows = compiled.fetch_all(conversation_id, user_id, *params)
    conversation = None if rows else select_conversation(conversation_id, user_id)
    if conversation and _may_have_messages(conversation, query, params):
        rows = compiled.fetch_all(conversation_id, user_id, *params)
    elif rows:
        conversation = _load_conversation(rows[0][MESSAGE.count :], user_id)
    return conversation, [MESSAGE.load(row[: MESSAGE.count]) for row in rows]


def _may_have_messages(
    conversation: Conversation, query: MessageQuery, params: Sequence[int]
) -> bool:
    """
    Return whether to repeat a read that found no messages, because some may have been added since.

    With the query CHANGES, a second read can find messages only if the conversation is newer than the
    client's version. This is rare, because most clients have missed nothing. With other queries, always
    return True.
    """
    return query is not CHANGES or conversation.version > params[0]
