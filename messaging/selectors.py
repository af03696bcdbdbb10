"""Reads: who may see what, at a cost that does not grow with the history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple, TypeVar, overload

from django.conf import settings

from messaging.exceptions import ConversationNotFound
from messaging.models import MAX_VERSION, Conversation
from messaging.rows import ConversationEntry, MessageRow
from messaging.sql import lists, reconcile, threads
from messaging.sql.threads import MessageQuery
from users.models import User

T = TypeVar("T")


class Rows(Sequence[T]):
    """Rows that are read when a page of them is asked for, for Django's Paginator."""

    def __init__(self, count: Callable[[], int], read: Callable[[int, int], list[T]]) -> None:
        self._count, self._read = count, read

    def __len__(self) -> int:
        return self._count()

    @overload
    def __getitem__(self, part: int) -> T: ...
    @overload
    def __getitem__(self, part: slice) -> list[T]: ...
    def __getitem__(self, part: int | slice) -> T | list[T]:
        """Read one row, or those from `start` up to `stop`; neither counts from the end."""
        if isinstance(part, int):
            return self._read(1, part)[0]
        start, stop = part.start or 0, len(self) if part.stop is None else part.stop
        return self._read(stop - start, start)


def list_conversations(user: User, *, archived: bool = False) -> Rows[ConversationEntry]:
    """
    Return a user's conversations, newest activity first, each with its people, preview and unread count.

    Archived ones only for their trainer. Nobody else has any: an admin's list is empty.
    """
    side = _side_of(user)
    if side is None or (archived and side != "trainer"):
        return Rows(lambda: 0, lambda limit, offset: [])
    return Rows(
        lambda: lists.count_conversations(user.pk, side, archived=archived),
        lambda limit, offset: lists.select_entries(
            lists.page_of(side, limit, offset), [user.pk, archived], user.pk
        ),
    )


def get_described_conversation(user: User, conversation_id: int) -> ConversationEntry:
    """Return a conversation that `user` may read, as in the list; raise ConversationNotFound."""
    found = lists.select_entries(lists.ONE, [conversation_id, user.pk, user.pk], user.pk)
    if not found:
        raise ConversationNotFound
    return found[0]


def has_active_conversation(user: User) -> bool:
    """Tell whether somebody takes part in a conversation that is not archived."""
    return Conversation.objects.of(user).active().exists()


def _side_of(user: User) -> str | None:
    """Return on which side of conversations somebody stands."""
    sides: dict[str, str] = {User.Role.TRAINER: "trainer", User.Role.TRAINEE: "trainee"}
    return sides.get(user.role)


def get_conversation(user: User, conversation_id: int) -> Conversation:
    """Return a conversation that `user` may read, with its people; raise ConversationNotFound."""
    conversation = threads.select_conversation(conversation_id, user.pk)
    if conversation is None:
        raise ConversationNotFound
    return conversation


def list_messages(conversation: Conversation) -> Rows[MessageRow]:
    """Return all messages of a conversation, newest first."""
    return Rows(
        lambda: conversation.message_count,
        lambda limit, offset: threads.select_page(conversation.pk, limit, offset),
    )


@dataclass(frozen=True)
class Slice:
    """Some messages of a conversation, and whether more lie beyond in the direction asked for."""

    conversation: Conversation
    messages: list[MessageRow]
    has_more: bool


def list_newest_messages(user: User, conversation_id: int, limit: int) -> Slice:
    """Return the `limit` newest messages, newest first; raise ConversationNotFound."""
    return _slice(user, conversation_id, limit, threads.NEWEST)


def list_messages_before(user: User, conversation_id: int, message_id: int, limit: int) -> Slice:
    """Return up to `limit` messages older than an id, newest first; raise ConversationNotFound."""
    return _slice(user, conversation_id, limit, threads.BEFORE, message_id)


def list_messages_after(user: User, conversation_id: int, message_id: int, limit: int) -> Slice:
    """Return the `limit` messages next newer than an id, newest first; raise ConversationNotFound."""
    found = _slice(user, conversation_id, limit, threads.AFTER, message_id)
    return replace(found, messages=found.messages[::-1])


def list_changes(
    user: User, conversation_id: int, since: int, limit: int, since_id: int | None = None
) -> Slice:
    """
    Return up to `limit` messages that are new or changed after a version, oldest change first.

    One change can touch many messages (a read mark), so a page may end inside a version: `since_id`
    goes on within it, after that message. Raises ConversationNotFound.
    """
    if since_id is None:
        return _slice(user, conversation_id, limit, threads.CHANGES, since)
    return _slice(user, conversation_id, limit, threads.CHANGES_WITHIN, since, since_id)


def _slice(
    user: User, conversation_id: int, limit: int, query: MessageQuery, *params: int
) -> Slice:
    conversation, found = threads.select_thread(conversation_id, user.pk, query, params, limit + 1)
    if conversation is None:
        raise ConversationNotFound
    return Slice(conversation, found[:limit], has_more=len(found) > limit)


def count_unread(user: User) -> int:
    """Count what the other sides wrote and `user` has not read, over the active conversations."""
    side = _side_of(user)
    return lists.count_unread(user.pk, side) if side else 0


# What sockets ask
# ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Replay:
    """What somebody missed: changed messages, oldest change first; or that it is too much to tell."""

    conversation: Conversation
    since: int
    messages: list[MessageRow]
    is_too_long: bool

    @property
    def version(self) -> int:
        return self.conversation.version


def get_replay(user: User, conversation_id: int, since: int | None) -> Replay:
    """
    Return what changed in an active conversation after a version; raise ConversationNotFound.

    Without a version nothing was missed. One from the future, as after a restored backup, or a
    negative one is "too long" as well: load it afresh.
    """
    if since is None or not 0 <= since <= MAX_VERSION:
        changes = Slice(get_conversation(user, conversation_id), [], has_more=False)
    else:
        changes = list_changes(user, conversation_id, since, settings.SOCKET_REPLAY_LIMIT)
    conversation = changes.conversation
    if conversation.is_archived:
        raise ConversationNotFound
    since = conversation.version if since is None else since
    is_no_place = not 0 <= since <= conversation.version
    return Replay(conversation, since, changes.messages, is_no_place or changes.has_more)


def list_newer(
    keys: Sequence[int],
    user_ids: Sequence[int],
    conversation_ids: Sequence[int],
    versions: Sequence[int],
) -> dict[int, int | None]:
    """
    Return the versions of those conversations that have gone on from a version, each by its key.

    None is for one that this user does not see on a socket any more. All in one query.
    """
    return dict(reconcile.select_newer(keys, user_ids, conversation_ids, versions))


class InboxSum(NamedTuple):
    """
    A short sum of all of a user's active conversations: it differs as soon as one of them does.

    The ids are in it for what happens between two looks: one is archived, and another begins with
    the same version.
    """

    conversations: int
    ids: int
    versions: int

    @classmethod
    def of(cls, versions: Mapping[int, int]) -> "InboxSum":
        """Sum up the version of each conversation."""
        return cls(len(versions), sum(versions), sum(versions.values()))


def list_other_sums(
    keys: Sequence[int],
    user_ids: Sequence[int],
    conversations: Sequence[int],
    ids: Sequence[int],
    versions: Sequence[int],
) -> dict[int, InboxSum]:
    """Return how those sums stand that are other than given, each by its key; in one query."""
    rows = reconcile.select_other_sums(keys, user_ids, conversations, ids, versions)
    return {key: InboxSum(*stands) for key, *stands in rows}


def get_inbox_versions(user: User) -> dict[int, int]:
    """Return the version of each of a user's active conversations."""
    return dict(Conversation.objects.active().of(user).values_list("pk", "version"))


def list_inbox_entries(user: User, conversation_ids: Iterable[int]) -> list[ConversationEntry]:
    """
    Return how some of a user's conversations stand now, archived ones included.

    A trainee learns that a conversation was archived, and no more of what is in it.
    """
    ids = sorted(set(conversation_ids))
    if not ids:
        return []
    source = lists.SOME_OF.format(", ".join(["%s"] * len(ids)))
    entries = lists.select_entries(source, [user.pk, user.pk, *ids], user.pk)
    return sorted((_as_told(entry, user) for entry in entries), key=attrgetter("version"))


def _as_told(entry: ConversationEntry, user: User) -> ConversationEntry:
    if not entry.is_archived:
        return entry
    preview = None if entry.trainee_id == user.pk else entry.last_message_preview
    return entry._replace(unread_count=0, last_message_preview=preview)
