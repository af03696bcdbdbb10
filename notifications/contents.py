"""Composes the contents of a push notification, just before it is sent."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.models import Conversation, Message
from messaging.rows import MessageKind
from notifications.models import PushMark
from notifications.selectors import Delivery, get_served_devices
from text.directions import isolated
from text.graphemes import shorten
from users.languages import in_language_of
from users.models import User

MAX_GRAPHEMES = 100
# Above this number, a notification does not list the unread conversations.
MAX_LISTED = 12
# Push services refuse more than 4,096 bytes. Encryption takes 103 of them, and the other parts of the
# payload less than 600. A grapheme can be a letter with hundreds of marks, so the bytes are limited too.
TITLE_BYTES, BODY_BYTES = 800, 2560


@dataclass(frozen=True)
class Notification:
    """
    The contents of a notification, and the device that it is sent to.

    `unread_conversations` has the ids of the recipient's conversations with unread messages at
    `composed_at`, a time of the database's clock. It is None if there are more than `MAX_LISTED`.
    `deleted_version` is the version of the conversation at its last deletion, or 0.
    """

    device_id: int
    platform: str
    token: str
    title: str
    body: str
    conversation_id: int
    sender_id: int
    unread_count: int
    unread_conversations: tuple[int, ...] | None
    composed_at: datetime
    deleted_version: int


def get_notification(delivery: Delivery) -> Notification | None:
    """
    Return the notification that the device should get now, or None. This takes up to four queries.

    Return None if the conversation has since been read or archived, or if the recipient has been
    deactivated, no longer has the device, is no longer signed in on it, or has silenced messages.

    Also return None if a later delivery covers the same messages. Such a delivery exists if
    this job was enqueued again during this run, or if a process of the previous release stored a row in
    its queue, the table of PushDelivery.
    """
    devices = get_served_devices().reachable().filter(user=delivery.recipient_id)
    device = devices.filter(pk=delivery.device_id).first()
    conversation = _describe(delivery).first() if device else None
    if device is None or conversation is None or not conversation.count:
        return None
    with in_language_of(_recipient(conversation, delivery)):
        title = _title(conversation, delivery.recipient_id)
        text = _text(conversation, _other(conversation, delivery.recipient_id))
    unread = _count_unread(delivery.recipient_id)
    return Notification(
        device_id=device.pk,
        platform=device.platform,
        token=device.token,
        title=title,
        body=_shorten(text, BODY_BYTES),
        conversation_id=delivery.conversation_id,
        sender_id=_other_id(conversation, delivery.recipient_id) or 0,
        unread_count=sum(unread.values()),
        unread_conversations=tuple(sorted(unread)) if len(unread) <= MAX_LISTED else None,
        # Before the unread messages were counted, so that none that came later is missing.
        composed_at=conversation.composed_at,
        deleted_version=conversation.deleted_version or 0,
    )


def _describe(delivery: Delivery) -> QuerySet[Any]:
    """
    Return a queryset of the conversation with `count` and `text` of the delivery's unread messages.

    `composed_at` is the time of the query; `text` and `extras` are of the newest message. The queryset is
    empty if the conversation is archived, if a later delivery covers the same messages, or if the account
    of a participant was deleted or is being erased.
    """
    unread = (
        Message.objects.unread()
        .exclude(sender=delivery.recipient_id)
        .filter(conversation=OuterRef("pk"), created_version__lte=delivery.up_to)
        .exclude(sender=None)
    )
    newest = unread.order_by("-created_version")
    counted = unread.order_by().values("conversation").annotate(count=Count("pk"))
    later = PushMark.objects.filter(
        conversation=OuterRef("pk"), recipient=delivery.recipient_id, up_to__gt=delivery.up_to
    )
    return (
        Conversation.objects.filter(~Exists(later), pk=delivery.conversation_id, is_archived=False)
        .filter(trainer__erased_at=None, trainee__erased_at=None)
        .exclude(Q(trainer=None) | Q(trainee=None))
        .select_related("trainer", "trainee")
        .annotate(
            composed_at=Now(),
            count=Subquery(counted.values("count")),
            text=Subquery(newest.values("content")[:1]),
            extras=Subquery(newest.values("extras")[:1]),
        )
    )


def _count_unread(user_id: int) -> dict[int, int]:
    """Count the user's unread messages in each active conversation that has any."""
    unread = Message.objects.unread().exclude(sender=user_id).order_by()
    found: dict[int, int] = {}
    for side in ("trainer", "trainee"):
        own = unread.filter(**{f"conversation__{side}": user_id}, conversation__is_archived=False)
        found |= dict(own.values_list("conversation").annotate(count=Count("pk")))
    return found


def _other_id(conversation: Conversation, recipient_id: int) -> int | None:
    is_trainer = conversation.trainer_id == recipient_id
    return conversation.trainee_id if is_trainer else conversation.trainer_id


def _other(conversation: Conversation, recipient_id: int) -> User | None:
    is_trainer = conversation.trainer_id == recipient_id
    return conversation.trainee if is_trainer else conversation.trainer


def _recipient(conversation: Conversation, delivery: Delivery) -> User | None:
    is_trainer = conversation.trainer_id == delivery.recipient_id
    return conversation.trainer if is_trainer else conversation.trainee


def _text(conversation: Any, other: User | None) -> str:
    """Return the only unread text, or a sentence in place of one, or else the number of unread messages."""
    if conversation.count == 1:
        kind = MessageKind.of(conversation.text, conversation.extras, is_removed=False)
        if kind is MessageKind.JOINED and other:
            name = isolated(other.first_name) or other.email
            return _("%(name)s has joined.") % {"name": name}
        return _("Sent a photo") if kind is MessageKind.PHOTO else str(conversation.text)
    text = ngettext("%(count)s new message", "%(count)s new messages", conversation.count)
    return text % {"count": conversation.count}


def _title(conversation: Conversation, recipient_id: int) -> str:
    """Return the name of the other person."""
    other = _other(conversation, recipient_id)
    name = other.get_full_name() if other else ""
    return isolated(_shorten(name, TITLE_BYTES)) or _("New message")


def _shorten(text: str, max_bytes: int) -> str:
    """Return the text on one line, with at most 100 graphemes and `max_bytes` in the payload's JSON."""
    return shorten(text, MAX_GRAPHEMES, bytes_of=_json_bytes, max_bytes=max_bytes)


def _json_bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode()) - len('""')
