"""Removes an erased person from conversations and messages, in batches."""

from django.db import transaction

from api.fields import MAX_ID
from messaging.events import announce_altered
from messaging.models import (
    Attachment,
    Conversation,
    Message,
    MessageQuerySet,
    MessageRevision,
    Participant,
)
from messaging.removal import empty_messages, renew_quotes_of
from messaging.services.reacting import remove_reactions_of
from messaging.services.uploading import forget
from messaging.system_lines import content_without_name
from users.models import User

# The conversation of a batch is locked while its messages are updated: about 50 ms on PostgreSQL.
BATCH = 1000


def erase_from_conversations(*, user_id: int, erases_texts: bool) -> None:
    """
    Unlink a person from their conversations, then from their messages.

    First all conversations get a new version, one transaction each, so that nobody can send to them any
    longer. With it, the person's reactions are removed. Then each batch of messages takes a version of its
    conversation. Repeating the call after an interruption continues the work. If `erases_texts`, the
    contents of the messages are removed, too; otherwise only their earlier texts and photos. A message that
    had only photos becomes a deleted one.
    """
    while forget(Attachment.objects.filter(owner=user_id).order_by("pk")[:BATCH]):
        pass
    while ids := _list_conversations(user_id):
        for conversation_id in ids:
            _unlink(conversation_id, user_id)
    while (found := _find_conversation_with_messages(user_id)) is not None:
        _change_messages(found, user_id, erases_texts=erases_texts)


def _list_conversations(user_id: int) -> list[int]:
    own = Conversation.objects.of(User(pk=user_id)).order_by()
    return list(own.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _unlink(conversation_id: int, user_id: int) -> None:
    own = Conversation.objects.of(User(pk=user_id)).select_for_update(no_key=True)
    conversation = own.filter(pk=conversation_id).first()
    if conversation is None:  # another run of the same erasure was faster
        return
    if conversation.trainer_id == user_id:
        conversation.trainer = None
    else:
        conversation.trainee = None
    conversation.last_known = None
    conversation.version += 1
    conversation.save(update_fields=["trainer", "trainee", "last_known", "version"])
    Participant.objects.filter(conversation=conversation, user=user_id).update(user=None)
    remove_reactions_of(user_id, conversation)
    announce_altered(conversation)


def _find_conversation_with_messages(user_id: int) -> int | None:
    """Return a conversation that still has messages of this sender, or None."""
    some = Message.objects.filter(sender=user_id).order_by().values_list("conversation", flat=True)
    return next(iter(some[:1]), None)


def _change_messages(conversation_id: int, user_id: int, *, erases_texts: bool) -> None:
    """Change a conversation's messages, the newest first, because clients show them first."""
    sent = Message.objects.filter(conversation=conversation_id, sender=user_id).order_by("-pk")
    before = MAX_ID
    while ids := list(sent.filter(pk__lt=before).values_list("pk", flat=True)[:BATCH]):
        _change_batch(conversation_id, sent.filter(pk__in=ids).order_by(), erases_texts)
        before = ids[-1]


@transaction.atomic
def _change_batch(conversation_id: int, batch: MessageQuerySet, erases_texts: bool) -> None:
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    conversation.version += 1
    conversation.save(update_fields=["version"])
    ids = list(batch.values_list("pk", flat=True))
    renew_quotes_of(batch, version=conversation.version)
    emptied = batch if erases_texts else batch.filter(content="", removed_at=None)
    empty_messages(emptied, version=conversation.version, sender=None)
    if not erases_texts:
        MessageRevision.objects.filter(message__in=ids).delete()
        kept = {"content": content_without_name()}
        batch.change_content(version=conversation.version, sender=None, **kept)
    announce_altered(conversation)
