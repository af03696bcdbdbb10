"""Reads what a user may see. The cost of a read does not grow with the length of the history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, TypeVar, overload

from django.conf import settings
from django.db.models import Count, F, Sum
from django.db.models.functions import Length

from api.fields import MAX_ID
from messaging.exceptions import ConversationNotFound, MessageNotFound
from messaging.models import MAX_VERSION, Conversation, Message
from messaging.rows import ConversationEntry, MessageRow
from messaging.search.people import find_conversations
from messaging.sql import lists, messages, positions, reconcile
from messaging.sql.messages import MessageQuery
from users.models import User

T = TypeVar("T")

FEW_CHANGES = 50
"""The number of changes that a replay loads without measuring them first; they are at most 400 KB."""


class Rows(Sequence[T]):
    """A sequence for Django's Paginator; each page is queried when it is requested."""

    def __init__(self, count: Callable[[], int], read: Callable[[int, int], list[T]]) -> None:
        self._count, self._read = count, read

    def __len__(self) -> int:
        return self._count()

    @overload
    def __getitem__(self, part: int) -> T: ...
    @overload
    def __getitem__(self, part: slice) -> list[T]: ...
    def __getitem__(self, part: int | slice) -> T | list[T]:
        """Return one row, or a slice; negative indexes are not supported."""
        if isinstance(part, int):
            return self._read(1, part)[0]
        start, stop = part.start or 0, len(self) if part.stop is None else part.stop
        return self._read(stop - start, start)


def list_conversations(
    user: User, *, archived: bool = False, search: str = ""
) -> Rows[ConversationEntry]:
    """
    Return a user's conversations, newest activity first, with participants, preview and unread count.

    With `search`, only those with a person of that name or email address. Only trainers can list archived
    conversations. An admin's list is empty.
    """
    side = _side_of(user)
    if side is None or (archived and side != "trainer"):
        return Rows(lambda: 0, lambda limit, offset: [])
    if search.strip():
        return _some_of(user, find_conversations(user, side, search, archived=archived))
    return Rows(
        lambda: lists.count_conversations(user.pk, side, archived=archived),
        lambda limit, offset: lists.select_entries(
            lists.page_of(side, limit, offset), [user.pk, archived], user.pk
        ),
    )


def _some_of(user: User, ids: list[int]) -> Rows[ConversationEntry]:
    """Return a user's conversations with these ids; their order is that of their activity."""
    return Rows(
        lambda: len(ids),
        lambda limit, offset: _select_some(user, ids[offset : offset + limit]),
    )


def _select_some(user: User, ids: list[int]) -> list[ConversationEntry]:
    if not ids:
        return []
    source = lists.SOME_OF.format(", ".join(["%s"] * len(ids)))
    return lists.select_entries(source, [user.pk, user.pk, *ids], user.pk)


def get_described_conversation(user: User, conversation_id: int) -> ConversationEntry:
    """Return one conversation as in the list; raise ConversationNotFound if it is not visible."""
    found = lists.select_entries(lists.ONE, [conversation_id, user.pk, user.pk], user.pk)
    if not found:
        raise ConversationNotFound
    return found[0]


def has_active_conversation(user: User) -> bool:
    """Return whether a user takes part in a conversation that is not archived."""
    return Conversation.objects.of(user).active().exists()


def _side_of(user: User) -> str | None:
    """Return the field of Conversation that holds this user: `trainer`, `trainee`, or None for an admin."""
    sides: dict[str, str] = {User.Role.TRAINER: "trainer", User.Role.TRAINEE: "trainee"}
    return sides.get(user.role)


def get_conversation(user: User, conversation_id: int) -> Conversation:
    """Return a conversation and its participants; raise ConversationNotFound if it is not visible."""
    conversation = messages.select_conversation(conversation_id, user.pk)
    if conversation is None:
        raise ConversationNotFound
    return conversation


def list_messages(conversation: Conversation) -> Rows[MessageRow]:
    """Return all messages of a conversation, newest first."""
    return Rows(
        lambda: conversation.message_count,
        lambda limit, offset: messages.select_page(conversation.pk, limit, offset),
    )


@dataclass(frozen=True)
class Slice:
    """Some messages of a conversation, and whether there are more in the requested direction."""

    conversation: Conversation
    messages: list[MessageRow]
    has_more: bool


def list_newest_messages(user: User, conversation_id: int, limit: int) -> Slice:
    """Return up to `limit` of the newest messages, newest first; raise ConversationNotFound."""
    return _slice(user, conversation_id, limit, messages.NEWEST)


def list_messages_before(user: User, conversation_id: int, message_id: int, limit: int) -> Slice:
    """Return up to `limit` messages just before an id, newest first; raise ConversationNotFound."""
    return _slice(user, conversation_id, limit, messages.BEFORE, message_id)


def list_messages_after(user: User, conversation_id: int, message_id: int, limit: int) -> Slice:
    """
    Return up to `limit` messages just after an id, sorted newest first.

    Raise ConversationNotFound.
    """
    found = _slice(user, conversation_id, limit, messages.AFTER, message_id)
    return replace(found, messages=found.messages[::-1])


@dataclass(frozen=True)
class Surroundings:
    """Messages around one message, newest first, and whether there are more on both sides."""

    conversation: Conversation
    messages: list[MessageRow]
    has_older: bool
    has_newer: bool


def list_messages_around(
    user: User, conversation_id: int, message_id: int, limit: int
) -> Surroundings:
    """
    Return up to `limit` messages with this one in the middle; beside the ends of the history, fewer.

    Raise ConversationNotFound, or MessageNotFound if the conversation has no such message.
    """
    newer_limit = (limit - 1) // 2
    after = min(message_id + 1, MAX_ID)
    older = list_messages_before(user, conversation_id, after, limit - newer_limit)
    if not older.messages or older.messages[0].id != message_id:
        raise MessageNotFound
    newer = list_messages_after(user, conversation_id, message_id, newer_limit)
    found = newer.messages + older.messages
    return Surroundings(older.conversation, found, older.has_more, newer.has_more)


def list_messages_at(user: User, conversation_id: int, at: datetime, limit: int) -> Surroundings:
    """
    Return up to `limit` messages around the first one at or after a time, else around the newest.

    Raise ConversationNotFound.
    """
    conversation = get_conversation(user, conversation_id)
    message_id = positions.select_first_from(conversation_id, at)
    if message_id is None:
        return Surroundings(conversation, [], has_older=False, has_newer=False)
    return list_messages_around(user, conversation_id, message_id, limit)


def list_changes(
    user: User, conversation_id: int, since: int, limit: int, since_id: int | None = None
) -> Slice:
    """
    Return up to `limit` messages added or changed after a version, oldest change first.

    One change, such as a read receipt, can affect many messages, so the result may end before the last
    message of a version. To get the rest, pass the version and the id of the last message received as
    `since` and `since_id`. Raise ConversationNotFound.
    """
    if since_id is None:
        return _slice(user, conversation_id, limit, messages.CHANGES, since)
    return _slice(user, conversation_id, limit, messages.CHANGES_WITHIN, since, since_id)


def _slice(
    user: User, conversation_id: int, limit: int, query: MessageQuery, *params: int
) -> Slice:
    conversation, found = messages.select_messages(
        conversation_id, user.pk, query, params, limit + 1
    )
    if conversation is None:
        raise ConversationNotFound
    return Slice(conversation, found[:limit], has_more=len(found) > limit)


def count_unread(user: User) -> int:
    """Count the unread messages in all of `user`'s active conversations."""
    side = _side_of(user)
    return lists.count_unread(user.pk, side) if side else 0


# For sockets
# ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Replay:
    """The messages that a client missed, oldest change first. If `is_too_long`, the client must reload."""

    conversation: Conversation
    since: int
    messages: list[MessageRow]
    is_too_long: bool

    @property
    def version(self) -> int:
        return self.conversation.version


def get_replay(user: User, conversation_id: int, since: int | None) -> Replay:
    """
    Return an active conversation's changes since a version; raise ConversationNotFound.

    If `since` is None, the replay is empty. `is_too_long` is set if there are too many changes or too long
    texts, if `since` is negative, or if `since` is newer than the conversation's version. The last case can
    occur after a backup is restored.
    """
    if since is None or not 0 <= since <= MAX_VERSION:
        changes = Slice(get_conversation(user, conversation_id), [], has_more=False)
    else:
        changes = _list_missed(user, conversation_id, since)
    conversation = changes.conversation
    if conversation.is_archived:
        raise ConversationNotFound
    since = conversation.version if since is None else since
    is_no_place = not 0 <= since <= conversation.version
    return Replay(conversation, since, changes.messages, is_no_place or changes.has_more)


def _list_missed(user: User, conversation_id: int, since: int) -> Slice:
    """
    Return the changes since a version; `has_more` is set if they are too many, or too long, to replay.

    Most clients have missed few changes. Before more are read, the database measures their texts, so that
    no client can make the process load megabytes.
    """
    few = min(FEW_CHANGES, settings.SOCKET_REPLAY_LIMIT)
    found = list_changes(user, conversation_id, since, few)
    if not found.has_more or not _can_replay(conversation_id, since):
        return found
    return list_changes(user, conversation_id, since, settings.SOCKET_REPLAY_LIMIT)


def _can_replay(conversation_id: int, since: int) -> bool:
    changed = messages.CHANGES.build(since).filter(conversation=conversation_id)
    found = changed[: settings.SOCKET_REPLAY_LIMIT + 1].aggregate(
        messages=Count("pk"), characters=Sum(Length("content"))
    )
    has_few = found["messages"] <= settings.SOCKET_REPLAY_LIMIT
    return has_few and (found["characters"] or 0) <= settings.SOCKET_REPLAY_BYTES


def has_sent_unread(user: User, conversation_id: int) -> bool:
    """Return whether the other person has not read all messages that `user` sent."""
    return Message.objects.unread().filter(conversation=conversation_id, sender=user).exists()


def list_newer(
    keys: Sequence[int],
    user_ids: Sequence[int],
    conversation_ids: Sequence[int],
    versions: Sequence[int],
) -> dict[int, int | None]:
    """
    In one query, return {key: current version} for the sockets that have not sent the newest version.

    The arguments contain the key, user id, conversation id and last sent version of each socket. The
    current version is None if the socket must be closed, because the conversation is archived or the
    user has lost access to it.
    """
    return dict(reconcile.select_newer(keys, user_ids, conversation_ids, versions))


class InboxChecksum(NamedTuple):
    """
    A checksum of the versions of a user's active conversations. It changes whenever a version changes.

    It includes the sum of the ids because, between two comparisons, one conversation may be archived
    and another with the same version may be started.
    """

    conversations: int
    ids: int
    versions: int

    @classmethod
    def from_versions(cls, versions: Mapping[int, int]) -> "InboxChecksum":
        """Return the checksum for a mapping of conversation ids to versions."""
        return cls(len(versions), sum(versions), sum(versions.values()))


def list_differing_checksums(
    keys: Sequence[int],
    user_ids: Sequence[int],
    conversations: Sequence[int],
    ids: Sequence[int],
    versions: Sequence[int],
) -> dict[int, InboxChecksum]:
    """
    Return {key: current checksum} for the inbox sockets whose checksum differs from the database's.

    Each argument is a column with one value per socket. The last three contain the fields of
    `InboxChecksum`.
    """
    rows = reconcile.select_differing_checksums(keys, user_ids, conversations, ids, versions)
    return {key: InboxChecksum(*current) for key, *current in rows}


def get_inbox_versions(user: User) -> dict[int, int]:
    """Return {id: version} for a user's active conversations, in the order of the list."""
    newest_first = (F("last_message_at").desc(nulls_last=True), "-pk")
    active = Conversation.objects.active().of(user).order_by(*newest_first)
    return dict(active.values_list("pk", "version"))


def list_inbox_entries(user: User, conversation_ids: Iterable[int]) -> list[ConversationEntry]:
    """
    Return the current state of some of a user's conversations, including archived ones.

    An archived conversation has an unread count of 0 and, for a trainee, no preview.
    """
    entries = _select_some(user, sorted(set(conversation_ids)))
    return sorted((_redact_archived(entry, user) for entry in entries), key=attrgetter("version"))


def _redact_archived(entry: ConversationEntry, user: User) -> ConversationEntry:
    if not entry.is_archived:
        return entry
    preview = None if entry.trainee_id == user.pk else entry.last_message_preview
    kind = entry.last_message_kind if preview else None
    return entry._replace(unread_count=0, last_message_preview=preview, last_message_kind=kind)
