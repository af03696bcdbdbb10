"""Reads what messages have beyond their texts. Most have nothing, so that nothing is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from messaging.models import Attachment, Extra, Message, Reaction
from messaging.photos import Photo
from messaging.rows import MessageKind, MessageRow
from users.models import User

AnyMessage = Message | MessageRow


class Quoted(NamedTuple):
    """The message that a reply answers."""

    id: int
    sender: User | None
    content: str
    kind: MessageKind


@dataclass(frozen=True)
class Details:
    """By the id of a message: photos, reactions ({emoji: user ids}), and the message that it answers."""

    photos: dict[int, list[Photo]] = field(default_factory=dict)
    reactions: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    quoted: dict[int, Quoted] = field(default_factory=dict)


def load_details(messages: Sequence[AnyMessage]) -> Details:
    """Return what messages of one conversation have; one query for each kind of detail that occurs."""
    if not any([each.extras for each in messages]):  # noqa: C419 - a generator takes twice as long
        return Details()
    return Details(
        photos=_load_photos(_ids_with(Extra.ATTACHMENTS, messages)),
        reactions=_load_reactions(_ids_with(Extra.REACTIONS, messages)),
        quoted=_load_quoted(_ids_with(Extra.REPLY, messages)),
    )


def _ids_with(extra: Extra, messages: Iterable[AnyMessage]) -> list[int]:
    return [each.id for each in messages if each.extras & extra and not each.removed_at]


def _load_photos(message_ids: list[int]) -> dict[int, list[Photo]]:
    found: dict[int, list[Photo]] = {}
    if message_ids:
        rows = Attachment.objects.filter(message__in=message_ids, owner__erased_at=None)
        for message_id, *row in rows.order_by("position").values_list("message", *Photo._fields):
            found.setdefault(message_id, []).append(Photo(*row))
    return found


def _load_reactions(message_ids: list[int]) -> dict[int, dict[str, list[int]]]:
    found: dict[int, dict[str, list[int]]] = {}
    if message_ids:
        rows = Reaction.objects.filter(message__in=message_ids).order_by("pk")
        for message_id, emoji, user_id in rows.values_list("message_id", "emoji", "user_id"):
            found.setdefault(message_id, {}).setdefault(emoji, []).append(user_id)
    return found


def _load_quoted(message_ids: list[int]) -> dict[int, Quoted]:
    if not message_ids:
        return {}
    replies = Message.objects.filter(pk__in=message_ids).exclude(reply_to=None)
    return {each.pk: _quote(each.reply_to) for each in replies.select_related("reply_to__sender")}


def _quote(message: Message | None) -> Quoted:
    assert message is not None  # noqa: S101 - the query has excluded it
    kind = MessageKind.of(message.content, message.extras, is_removed=bool(message.removed_at))
    return Quoted(message.pk, message.sender, message.content, kind)
