"""Searches the messages that a user may read."""

from dataclasses import dataclass

from django.db import connection

from db.sql import IntTable, fetch_all
from messaging.exceptions import AdminsHaveNoMessages, ConversationNotFound
from messaging.models import Conversation, Extra, Message
from messaging.search import postgresql, sqlite
from messaging.search.words import has_words, words_of
from users.models import User

PAGE_SIZE = 20
LIMIT = 1000
"""The number of messages that a search finds at most. It keeps a search for a common word cheap."""
PENDING_LIMIT = 20_000
"""Searches read at most this number of everybody's newest messages that are not in the index yet."""

_conversations = IntTable("conversation_id")
_PENDING = """
SELECT m.id, m.content FROM (
    SELECT message_id, conversation_id FROM messaging_searchpending ORDER BY message_id DESC LIMIT {}
) p
JOIN {} ON input.conversation_id = p.conversation_id
JOIN messaging_message m ON m.id = p.message_id
WHERE m.removed_at IS NULL AND m.extras & {} = 0
"""


@dataclass(frozen=True)
class SearchPage:
    """A page of found messages, newest first. `count` is at most `LIMIT`."""

    messages: list[Message]
    count: int
    number: int

    @property
    def num_pages(self) -> int:
        return count_pages(self.count)


def count_pages(count: int) -> int:
    return max(1, -(-count // PAGE_SIZE))


def search_messages(
    user: User, query: str, *, page: int = 1, conversation_id: int | None = None
) -> SearchPage:
    """
    Return a page of the messages that have each word of `query`, or a part of a word, newest first.

    Raise AdminsHaveNoMessages, or ConversationNotFound if `conversation_id` is not visible to the user.
    A page past the end is the last one.
    """
    if user.role == User.Role.ADMIN:
        raise AdminsHaveNoMessages
    ids = _find(_list_conversations(user, conversation_id), words_of(query))
    number = min(max(page, 1), count_pages(len(ids)))
    shown = ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return SearchPage(_load(user, shown), len(ids), number)


def _list_conversations(user: User, conversation_id: int | None) -> list[int]:
    visible = Conversation.objects.visible_to(user)
    if conversation_id is not None:
        visible = visible.filter(pk=conversation_id)
    ids = list(visible.values_list("pk", flat=True))
    if conversation_id is not None and not ids:
        raise ConversationNotFound
    return ids


def _find(conversation_ids: list[int], words: list[str]) -> list[int]:
    """
    Return the ids of the newest messages with all words, newest first.

    Pending messages are read first. Otherwise a message that is indexed in between would not be found.
    """
    if not words or not conversation_ids:
        return []
    pending = _find_pending(conversation_ids, words)
    database = postgresql if connection.vendor == "postgresql" else sqlite
    indexed = database.find(conversation_ids, words, LIMIT)
    return sorted({*pending, *indexed}, reverse=True)[:LIMIT]


def _find_pending(conversation_ids: list[int], words: list[str]) -> list[int]:
    sql = _PENDING.format(PENDING_LIMIT, _conversations.table, Extra.JOINED.value)
    rows = fetch_all(sql, _conversations.params(conversation_ids))
    return [message_id for message_id, content in rows if has_words(content, words)]


def _load(user: User, message_ids: list[int]) -> list[Message]:
    """Return messages with their people. What was removed since it was found is left out."""
    found = Message.objects.visible_to(user).filter(pk__in=message_ids, removed_at=None)
    people = ("conversation__trainer", "conversation__trainee")
    return list(found.select_related(*people).order_by("-pk"))
