"""Reads: who may see what, at a cost that does not grow with the history."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar, overload

from django.conf import settings

from messaging import statements
from messaging.exceptions import ConversationNotFound
from messaging.models import Conversation, Message
from users.fields import MAX_ID
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


def list_conversations(user: User, *, archived: bool = False) -> Rows[Conversation]:
    """
    Return a user's conversations, newest activity first, each with its people, preview and unread count.

    Archived ones only for their trainer. Nobody else has any: an admin's list is empty.
    """
    side = _side_of(user)
    if side is None or (archived and side != "trainer"):
        return Rows(lambda: 0, lambda limit, offset: [])
    return Rows(
        lambda: statements.count_conversations(user.pk, side, archived=archived),
        lambda limit, offset: statements.select_described(
            statements.PAGE_OF[side], [user.pk, archived, limit, offset], user.pk
        ),
    )


def _side_of(user: User) -> str | None:
    """Return on which side of conversations somebody stands."""
    sides: dict[str, str] = {User.Role.TRAINER: "trainer", User.Role.TRAINEE: "trainee"}
    return sides.get(user.role)


def get_conversation(user: User, conversation_id: int) -> Conversation:
    """Return a conversation that `user` may read, with its people; raise ConversationNotFound."""
    if conversation_id > MAX_ID:
        raise ConversationNotFound
    conversation = statements.select_conversation(conversation_id, user.pk)
    if conversation is None:
        raise ConversationNotFound
    return conversation


NEWEST_FIRST = "m.id DESC"
OLDEST_CHANGE_FIRST = "m.version, m.id"


def list_messages(conversation: Conversation) -> Rows[Message]:
    """Return all messages of a conversation, newest first."""
    return Rows(
        lambda: conversation.message_count,
        lambda limit, offset: statements.select_messages(
            "m.conversation_id = %s",
            [conversation.pk, limit, offset],
            f"{NEWEST_FIRST} LIMIT %s OFFSET %s",
        ),
    )


@dataclass(frozen=True)
class Slice:
    """A page by key, and whether more lies beyond it in the direction that was asked for."""

    messages: list[Message]
    has_more: bool


def list_messages_before(conversation: Conversation, message_id: int, limit: int) -> Slice:
    """Return up to `limit` messages older than an id, newest first."""
    return _slice(conversation, "m.id < %s", [message_id], NEWEST_FIRST, limit)


def list_messages_after(conversation: Conversation, message_id: int, limit: int) -> Slice:
    """Return the `limit` messages next newer than an id, newest first."""
    found = _slice(conversation, "m.id > %s", [message_id], "m.id", limit)
    return Slice(messages=found.messages[::-1], has_more=found.has_more)


def list_changes(
    conversation: Conversation, since: int, limit: int, since_id: int | None = None
) -> Slice:
    """
    Return up to `limit` messages that are new or changed after a version, oldest change first.

    One change can touch many messages (a read mark), so a page may end inside a version: `since_id`
    goes on within it, after that message.
    """
    if since_id is None:
        return _slice(conversation, "m.version > %s", [since], OLDEST_CHANGE_FIRST, limit)
    later = "m.version >= %s AND (m.version > %s OR m.id > %s)"
    return _slice(conversation, later, [since, since, since_id], OLDEST_CHANGE_FIRST, limit)


def _slice(
    conversation: Conversation, where: str, params: list[int], order: str, limit: int
) -> Slice:
    found = statements.select_messages(
        f"m.conversation_id = %s AND {where}",
        [conversation.pk, *params, limit + 1],
        f"{order} LIMIT %s",
    )
    return Slice(messages=found[:limit], has_more=len(found) > limit)


def count_unread(user: User) -> int:
    """Count what the other sides wrote and `user` has not read, over the active conversations."""
    side = _side_of(user)
    return statements.count_unread(user.pk, side) if side else 0


# What sockets ask
# ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Replay:
    """What somebody missed: changed messages, oldest change first; or that it is too much to tell."""

    conversation: Conversation
    since: int
    messages: list[Message]
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
    conversation = get_conversation(user, conversation_id)
    if conversation.is_archived:
        raise ConversationNotFound
    if since is None or since == conversation.version:
        return Replay(conversation, conversation.version, [], is_too_long=False)
    if not 0 <= since < conversation.version:
        return Replay(conversation, since, [], is_too_long=True)
    changes = list_changes(conversation, since, settings.SOCKET_REPLAY_LIMIT)
    return Replay(conversation, since, changes.messages, is_too_long=changes.has_more)


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
    return dict(statements.select_newer(keys, user_ids, conversation_ids, versions))


class InboxSum(NamedTuple):
    """A short sum of all of a user's active conversations: it differs as soon as one of them does."""

    conversations: int
    versions: int


def list_other_sums(
    keys: Sequence[int],
    user_ids: Sequence[int],
    conversations: Sequence[int],
    versions: Sequence[int],
) -> dict[int, InboxSum]:
    """Return how those sums stand that are other than given, each by its key; in one query."""
    rows = statements.select_other_sums(keys, user_ids, conversations, versions)
    return {key: InboxSum(*stands) for key, *stands in rows}


def get_inbox_versions(user: User) -> dict[int, int]:
    """Return the version of each of a user's active conversations."""
    return dict(Conversation.objects.active().of(user).values_list("pk", "version"))


def list_inbox_entries(user: User, conversation_ids: Iterable[int]) -> list[Conversation]:
    """
    Return how some of a user's conversations stand now, archived ones included.

    A trainee learns that a conversation was archived, and no more of what is in it.
    """
    ids = sorted(set(conversation_ids))
    if not ids:
        return []
    source = statements.SOME_OF.format(", ".join(["%s"] * len(ids)))
    entries = statements.select_described(source, [user.pk, user.pk, *ids], user.pk)
    entries.sort(key=lambda entry: entry.version)
    for entry in entries:
        if entry.is_archived:
            entry.unread_count = 0
        if entry.is_archived and entry.trainee_id == user.pk:
            entry.last_message_preview = None
    return entries
