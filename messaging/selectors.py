"""Reads: who may see what, at a cost that does not grow with the history."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Left

from messaging.exceptions import ConversationNotFound
from messaging.models import PREVIEW_LENGTH, Conversation, ConversationQuerySet, Message
from users.models import User


def list_conversations(user: User, *, archived: bool = False) -> ConversationQuerySet:
    """
    Return a user's conversations, newest activity first, each with its people, preview and unread count.

    Archived ones only for their trainer. Nobody else has any: an admin's list is empty.
    """
    if user.role == User.Role.TRAINER:
        own = Conversation.objects.filter(trainer=user, is_archived=archived)
    elif user.role == User.Role.TRAINEE and not archived:
        own = Conversation.objects.filter(trainee=user, is_archived=False)
    else:
        return Conversation.objects.none()
    return _described(own, user).newest_first()


def _described(conversations: ConversationQuerySet, user: User) -> ConversationQuerySet:
    """Add what the wire shows: one correlated count over the partial index of unread messages."""
    unread = (
        Message.objects.filter(conversation=OuterRef("pk"))
        .unread_by(user)
        .order_by()
        .values("conversation")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return conversations.select_related("trainer", "trainee").annotate(
        unread_count=Coalesce(Subquery(unread, output_field=IntegerField()), Value(0)),
        last_message_preview=Left("last_message__content", PREVIEW_LENGTH),
    )


def get_conversation(user: User, conversation_id: int) -> Conversation:
    """Return a conversation that `user` may read, with its people; raise ConversationNotFound."""
    conversation = (
        Conversation.objects.visible_to(user)
        .select_related("trainer", "trainee")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        raise ConversationNotFound
    return conversation


def list_messages(conversation: Conversation) -> QuerySet[Message]:
    """Return all messages of a conversation, newest first."""
    return Message.objects.filter(conversation=conversation).order_by("-id")


@dataclass(frozen=True)
class Slice:
    """A page by key, and whether more lies beyond it in the direction that was asked for."""

    messages: list[Message]
    has_more: bool


def list_messages_before(conversation: Conversation, message_id: int, limit: int) -> Slice:
    """Return up to `limit` messages older than an id, newest first."""
    return _slice(list_messages(conversation).filter(pk__lt=message_id), limit)


def list_messages_after(conversation: Conversation, message_id: int, limit: int) -> Slice:
    """Return the `limit` messages next newer than an id, newest first."""
    newer = Message.objects.filter(conversation=conversation, pk__gt=message_id).order_by("id")
    found = _slice(newer, limit)
    return Slice(messages=found.messages[::-1], has_more=found.has_more)


def list_changes(
    conversation: Conversation, since: int, limit: int, since_id: int | None = None
) -> Slice:
    """
    Return up to `limit` messages that are new or changed after a version, oldest change first.

    One change can touch many messages (a read mark), so a page may end inside a version: `since_id`
    goes on within it, after that message.
    """
    changed = Message.objects.filter(conversation=conversation).order_by("version", "id")
    if since_id is None:
        return _slice(changed.filter(version__gt=since), limit)
    later = Q(version__gt=since) | Q(version=since, pk__gt=since_id)
    return _slice(changed.filter(later, version__gte=since), limit)


def _slice(messages: QuerySet[Message], limit: int) -> Slice:
    found = list(messages[: limit + 1])
    return Slice(messages=found[:limit], has_more=len(found) > limit)


def count_unread(user: User) -> int:
    """Count what the other sides wrote and `user` has not read, over the active conversations."""
    own = Conversation.objects.active().of(user).values("pk")
    return Message.objects.filter(conversation__in=own).unread_by(user).count()


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


@dataclass(frozen=True)
class SocketFacts:
    """How a conversation stands, for a socket that is open on it."""

    version: int
    participant_ids: tuple[int | None, int | None]
    is_archived: bool


def get_socket_facts(conversation_ids: Collection[int]) -> dict[int, SocketFacts]:
    """Return how many conversations stand, in one query."""
    if not conversation_ids:
        return {}
    rows = Conversation.objects.filter(pk__in=conversation_ids).values_list(
        "pk", "version", "trainer_id", "trainee_id", "is_archived"
    )
    return {
        pk: SocketFacts(version, (trainer_id, trainee_id), is_archived)
        for pk, version, trainer_id, trainee_id, is_archived in rows
    }


@dataclass(frozen=True)
class InboxSum:
    """A short sum of all of a user's active conversations: it differs as soon as one of them does."""

    count: int = 0
    versions: int = 0


def get_inbox_sums(user_ids: Collection[int]) -> dict[int, InboxSum]:
    """Return the sums of many users' active conversations, in two queries."""
    sums: dict[int, InboxSum] = {}
    for side in ("trainer", "trainee") if user_ids else ():
        rows = (
            Conversation.objects.active()
            .filter(**{f"{side}__in": user_ids})
            .order_by()
            .values_list(side)
            .annotate(Count("pk"), Sum("version"))
        )
        sums |= {user_id: InboxSum(count, versions) for user_id, count, versions in rows}
    return sums


def get_inbox_versions(user: User) -> dict[int, int]:
    """Return the version of each of a user's active conversations."""
    return dict(Conversation.objects.active().of(user).values_list("pk", "version"))


def list_inbox_entries(user: User, conversation_ids: Iterable[int]) -> list[Conversation]:
    """
    Return how some of a user's conversations stand now, archived ones included.

    A trainee learns that a conversation was archived, and no more of what is in it.
    """
    own = Conversation.objects.of(user).filter(pk__in=set(conversation_ids))
    entries = list(_described(own, user).order_by("version"))
    for entry in entries:
        if entry.is_archived:
            entry.unread_count = 0  # type: ignore[attr-defined]
        if entry.is_archived and entry.trainee_id == user.pk:
            entry.last_message_preview = None  # type: ignore[attr-defined]
    return entries
