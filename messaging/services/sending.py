"""Sending: by id, and by trainee for the first message."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from messaging import statements
from messaging.events import announce_message
from messaging.exceptions import NotATrainer, TraineeNotFound
from messaging.models import Conversation, Message
from messaging.services.changes import ensure_writable, lock_conversation
from users.models import User
from users.services.accounts import ensure_may_write
from users.throttling import count


@dataclass(frozen=True)
class SentMessage:
    """A stored message; `is_repeat` when an earlier request had sent it already."""

    message: Message
    is_repeat: bool


@dataclass(frozen=True)
class StartedConversation:
    conversation_id: int
    message: Message
    is_new_conversation: bool
    is_repeat: bool


def send_message(
    *, sender: User, conversation_id: int, content: str, client_id: UUID | None = None
) -> SentMessage:
    """
    Store a message and announce it after commit.

    `content` is 1 to 2000 code points, stripped. A `client_id` that was used before returns the
    first message and sends nothing. Raises ImpersonationReadOnly, ConversationNotFound,
    ConversationArchived, ParticipantGone, or TooFast past 30 accepted messages a minute.
    """
    ensure_may_write(sender)
    try:
        return _send(sender, conversation_id, content, client_id)
    except IntegrityError:
        # The same client_id, sent twice at once: the constraint let one of them through.
        if repeat := _find_repeat(sender, conversation_id, client_id):
            return SentMessage(message=repeat, is_repeat=True)
        raise


@transaction.atomic
def _send(sender: User, conversation_id: int, content: str, client_id: UUID | None) -> SentMessage:
    conversation = lock_conversation(conversation_id, by=sender)
    if repeat := _find_repeat(sender, conversation_id, client_id):
        return SentMessage(message=repeat, is_repeat=True)
    ensure_writable(conversation)
    message = _store(conversation, sender, content, client_id)
    return SentMessage(message=message, is_repeat=False)


def _find_repeat(sender: User, conversation_id: int, client_id: UUID | None) -> Message | None:
    if client_id is None:
        return None
    return (
        Message.objects.filter(conversation_id=conversation_id, sender=sender, client_id=client_id)
        .select_related("sender")
        .first()
    )


def _store(
    conversation: Conversation, sender: User, content: str, client_id: UUID | None
) -> Message:
    """Add a message under the lock. It is counted here, so that only accepted ones are."""
    count("messaging", sender.pk)
    conversation.version += 1
    conversation.message_count += 1
    # Clocks of several machines differ; what stands later must not be dated earlier.
    now = max(timezone.now(), conversation.last_message_at or conversation.created_at)
    message = Message(
        conversation=conversation,
        sender=sender,
        content=content,
        client_id=client_id,
        created_at=now,
        version=conversation.version,
        created_version=conversation.version,
    )
    message.pk = statements.insert_message(message)
    conversation.last_message, conversation.last_message_at = message, now
    statements.update_after_message(conversation)
    announce_message(conversation, message)
    return message


def start_conversation(
    *, trainer: User, trainee_id: int, content: str, client_id: UUID | None = None
) -> StartedConversation:
    """
    Send a message to one's own trainee, opening or re-opening the pair's one conversation.

    All of it is one transaction. Raises ImpersonationReadOnly, NotATrainer, TraineeNotFound or TooFast.
    """
    ensure_may_write(trainer)
    if not trainer.is_trainer:
        raise NotATrainer
    with transaction.atomic():
        trainee = _lock_trainee(trainer, trainee_id)
        conversation, is_new = _get_or_create(trainer, trainee)
        if repeat := _find_repeat(trainer, conversation.pk, client_id):
            return StartedConversation(conversation.pk, repeat, False, is_repeat=True)
        conversation.is_archived = False
        message = _store(conversation, trainer, content, client_id)
    return StartedConversation(conversation.pk, message, is_new, is_repeat=False)


def _lock_trainee(trainer: User, trainee_id: int) -> User:
    """Lock the trainee's row: parallel first messages queue here, and so does a removal."""
    trainee = (
        User.objects.select_for_update(no_key=True)
        .filter(pk=trainee_id, parent_trainer=trainer, role=User.Role.TRAINEE)
        .first()
    )
    if trainee is None:
        raise TraineeNotFound
    return trainee


def _get_or_create(trainer: User, trainee: User) -> tuple[Conversation, bool]:
    found = (
        Conversation.objects.select_for_update(no_key=True)
        .filter(trainer=trainer, trainee=trainee)
        .first()
    )
    if found:
        return found, False
    return Conversation.objects.create(trainer=trainer, trainee=trainee), True
