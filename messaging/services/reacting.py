"""Puts emoji on messages, and takes them away."""

from django.db import transaction
from django.db.models import F

from api.throttling import hit
from messaging.events import announce_reactions
from messaging.exceptions import MessageDeleted, NotAnEmoji, TooManyReactions
from messaging.models import Conversation, Extra, Message, Reaction
from messaging.services.changing import lock_message, take_version
from text.emoji import is_emoji
from users.impersonation import ensure_may_write
from users.models import User

MAX_KINDS = 6
WITHOUT_REACTIONS = 2**15 - 1 - Extra.REACTIONS


def add_reaction(*, by: User, conversation_id: int, message_id: int, emoji: str) -> Message:
    """
    Put an emoji on a message, and announce it. Repeating this changes nothing.

    A message can have `MAX_KINDS` different emoji, and each of them once from each person. Each call
    counts for the rate limit `THROTTLE_MESSAGING`. Raise NotAnEmoji, TooManyReactions, MessageDeleted,
    ImpersonationReadOnly, TooFast, ConversationNotFound, MessageNotFound or ConversationArchived.
    """
    _begin(by, emoji)
    with transaction.atomic():
        conversation, message = lock_message(by, conversation_id, message_id)
        if message.removed_at:
            raise MessageDeleted
        reactions = Reaction.objects.filter(message=message)
        kinds = set(reactions.values_list("emoji", flat=True))
        if emoji not in kinds and len(kinds) >= MAX_KINDS:
            raise TooManyReactions
        _, is_new = reactions.get_or_create(message=message, user=by, emoji=emoji)
        if is_new:
            _change(conversation, message)
    return message


def remove_reaction(*, by: User, conversation_id: int, message_id: int, emoji: str) -> Message:
    """
    Take one's own emoji from a message, and announce it. If there is none, nothing changes.

    Each call counts for the rate limit `THROTTLE_MESSAGING`. Raise NotAnEmoji, ImpersonationReadOnly,
    TooFast, ConversationNotFound, MessageNotFound or ConversationArchived.
    """
    _begin(by, emoji)
    with transaction.atomic():
        conversation, message = lock_message(by, conversation_id, message_id)
        own = Reaction.objects.filter(message=message, user=by, emoji=emoji)
        if own.delete()[0]:
            _change(conversation, message)
    return message


def _begin(by: User, emoji: str) -> None:
    ensure_may_write(by)
    if not is_emoji(emoji):
        raise NotAnEmoji
    hit("messaging", by.pk)


def _change(conversation: Conversation, message: Message) -> None:
    """Record that the reactions of a message have changed, in the database and in `message`."""
    version = take_version(conversation)
    mark_reactions([message.pk], version=version)
    message.refresh_from_db(fields=["version", "reaction_version", "extras"])
    announce_reactions(conversation, message)


def remove_reactions_of(user_id: int, conversation: Conversation) -> None:
    """Remove a person's reactions in a locked conversation, as part of its current version."""
    own = Reaction.objects.filter(user=user_id, message__conversation=conversation)
    message_ids = list(own.values_list("message_id", flat=True).distinct())
    own.delete()
    mark_reactions(message_ids, version=conversation.version)


def mark_reactions(message_ids: list[int], *, version: int) -> None:
    """Give messages the version at which their reactions changed, and tell whether they have any."""
    changed = Message.objects.filter(pk__in=message_ids)
    changed.update(version=version, reaction_version=version)
    has_some = Reaction.objects.filter(message__in=message_ids).values("message")
    changed.filter(pk__in=has_some).update(extras=F("extras").bitor(Extra.REACTIONS))
    changed.exclude(pk__in=has_some).update(extras=F("extras").bitand(WITHOUT_REACTIONS))
