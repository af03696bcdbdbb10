"""How a message changes when it is deleted: by its sender, by support, or with its sender's account."""

from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from messaging.models import Conversation, Message, MessageQuerySet, MessageRevision, Reaction
from messaging.services.uploading import forget_files


def empty_messages(
    messages: MessageQuerySet, *, version: int, keeps_texts: bool = False, **values: Any
) -> None:
    """
    Delete what messages of a conversation contain; their rows stay, as deleted at this version of it.

    `values` are further fields to change. Photos go in any case. If `keeps_texts`, the revisions stay. The
    caller holds the conversation's lock, and gives the messages that quote these a new version.
    """
    ids = list(messages.values_list("pk", flat=True))
    Reaction.objects.filter(message__in=ids).delete()
    forget_files(ids)
    if not keeps_texts:
        MessageRevision.objects.filter(message__in=ids).delete()
    emptied = Message.objects.filter(pk__in=ids)
    emptied.change_content(version=version, **_emptied_at(version), **values)
    changed = Conversation.objects.filter(pk__in=emptied.order_by().values("conversation"))
    changed.update(deleted_version=version)


def renew_quotes_of(messages: MessageQuerySet, *, version: int) -> None:
    """Give this version to the messages that quote one of these, whose sender is no longer named."""
    quoting = Message.objects.filter(reply_to__in=messages, removed_at=None)
    quoting.change_content(version=version)


def _emptied_at(version: int) -> dict[str, Any]:
    """
    Return the values of a deleted message.

    Unread messages get a `read_at`, so that unread counts leave them out. Their `read_version` equals their
    `content_version`, which is never so for messages that their recipient has read. Clients see them as
    unread, because nobody has read them.
    """
    now = timezone.now()
    return {
        "content": "",
        "extras": 0,
        "reply_to": None,
        "edited_at": None,
        "removed_at": now,
        "read_at": Coalesce("read_at", Value(now)),
        "read_version": Coalesce("read_version", Value(version)),
    }
