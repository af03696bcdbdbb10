from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from messaging.events import announce_altered, announce_archived
from messaging.last_known import store_last_known
from messaging.models import Attachment, Conversation, Message, MessageRevision
from messaging.removal import empty_messages, renew_quotes_of
from messaging.services.reacting import remove_reactions_of
from messaging.services.uploading import forget
from messaging.system_lines import content_without_name
from users.coaching import lock_trainer_ids, lock_with_trainees
from users.models import User


@dataclass(frozen=True)
class ArchivedConversations:
    conversation_ids: tuple[int, ...]


@transaction.atomic
def archive_conversations_for_trainee(*, trainer: User, trainee: User) -> ArchivedConversations:
    """
    Archive the conversation of a trainer and a trainee, and close its sockets.

    Nothing is deleted. The trainer can still read the conversation, but the trainee cannot. The
    present names are stored even if it was archived before, because the trainer could see them until now.
    """
    pair = Conversation.objects.filter(trainer=trainer, trainee=trainee)
    for conversation in store_last_known(_lock(pair.filter(is_archived=True))):
        conversation.save(update_fields=["last_known"])
    return archive_conversations(pair)


@transaction.atomic
def archive_conversations(conversations: QuerySet[Conversation]) -> ArchivedConversations:
    """Archive the given conversations that are still active; each gets a new version."""
    active = _lock(conversations.filter(is_archived=False))
    for conversation in store_last_known(active):
        conversation.is_archived = True
        conversation.version += 1
        conversation.save(update_fields=["is_archived", "last_known", "version"])
        announce_archived(conversation)
    return ArchivedConversations(tuple(each.pk for each in active))


@transaction.atomic
def reopen_conversations(conversations: QuerySet[Conversation]) -> int:
    """
    Reopen archived conversations, for support staff; return the number reopened.

    Skip conversations whose trainee no longer has this trainer, because a removed trainee must not
    regain access. Removing a trainee does not lock archived conversations, so the lock on the trainee's
    row is needed to prevent a concurrent removal.
    """
    archived = conversations.filter(is_archived=True)
    trainer_ids = lock_trainer_ids(archived.values_list("trainee", flat=True))
    reopened = [each for each in _lock(archived) if _belong_together(each, trainer_ids)]
    for conversation in reopened:
        conversation.is_archived = False
        conversation.last_known = None
        conversation.version += 1
        conversation.save(update_fields=["is_archived", "last_known", "version"])
        announce_altered(conversation)
    return len(reopened)


def _belong_together(conversation: Conversation, trainer_ids: dict[int, int | None]) -> bool:
    trainer_id, trainee_id = conversation.trainer_id, conversation.trainee_id
    return bool(trainer_id and trainee_id and trainer_ids.get(trainee_id) == trainer_id)


def _lock(conversations: QuerySet[Conversation]) -> list[Conversation]:
    return list(conversations.select_for_update(no_key=True).order_by("pk"))


@transaction.atomic
def prepare_account_deletion(*, user: User) -> None:
    """
    Give a user's conversations and messages a new version before the account is deleted.

    So clients load them again. The deletion keeps these rows, with a placeholder for the person, but not
    the person's photos; a message that had only photos becomes a deleted one. Rows are locked in the usual
    order: the user, the user's trainees (whom the deletion unlinks), then the conversations.
    """
    lock_with_trainees(user)
    forget(Attachment.objects.filter(owner=user))
    for conversation in _lock(Conversation.objects.of(user)):
        conversation.version += 1
        conversation.last_known = None
        conversation.save(update_fields=["version", "last_known"])
        written = Message.objects.filter(conversation=conversation, sender=user)
        renew_quotes_of(written, version=conversation.version)
        empty_messages(written.filter(content="", removed_at=None), version=conversation.version)
        written.change_content(version=conversation.version, content=content_without_name())
        MessageRevision.objects.filter(message__in=written).delete()
        remove_reactions_of(user.pk, conversation)
        announce_altered(conversation)
