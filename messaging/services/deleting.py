"""Deletes messages, for their senders."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from api.throttling import hit
from db.batches import delete_in_batches
from messaging.events import announce_deletion
from messaging.models import Message, MessageRevision
from messaging.removal import empty_messages
from messaging.services.changing import ensure_is_own, lock_message, renew_replies, take_version
from users.impersonation import ensure_may_write
from users.models import User


def delete_message(*, by: User, conversation_id: int, message_id: int) -> None:
    """
    Delete a message for both people, at any time after it was sent, and announce it.

    Its text, earlier texts and reactions are gone from the database at once, unless
    `KEEP_DELETED_TEXTS_DAYS` keeps the texts for support. A repeated request changes nothing. Each call
    counts for the rate limit `THROTTLE_MESSAGING`. Raise ImpersonationReadOnly, TooFast,
    ConversationNotFound, MessageNotFound, ConversationArchived or NotYourMessage.
    """
    ensure_may_write(by)
    hit("messaging", by.pk)
    with transaction.atomic():
        conversation, message = lock_message(by, conversation_id, message_id)
        ensure_is_own(message, by)
        if message.removed_at:
            return
        keeps_texts = bool(settings.KEEP_DELETED_TEXTS)
        if keeps_texts and message.content:
            MessageRevision.objects.create(message=message, content=message.content)
        version = take_version(conversation)
        deleted = Message.objects.filter(pk=message.pk)
        empty_messages(deleted, version=version, keeps_texts=keeps_texts)
        announce_deletion(conversation, message_id)
        renew_replies(conversation, message_id)


def prune_deleted_texts() -> None:
    """Delete the texts of messages that were deleted more than `KEEP_DELETED_TEXTS` ago."""
    before = timezone.now() - settings.KEEP_DELETED_TEXTS
    delete_in_batches(MessageRevision.objects.filter(message__removed_at__lt=before))
