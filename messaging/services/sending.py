"""Sending: by id, and by trainee for the first message."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from messaging import statements
from messaging.events import announce_message
from messaging.exceptions import NotATrainer, TraineeNotFound
from messaging.models import Conversation, Message
from messaging.services.changes import ensure_writable, lock_conversation
from users.exceptions import Forbidden
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


@transaction.atomic
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
    conversation = lock_conversation(conversation_id, by=sender)
    try:
        ensure_writable(conversation)
    except Forbidden:
        if repeat := _find_repeat(sender, conversation, client_id):
            return SentMessage(message=repeat, is_repeat=True)
        raise
    return _store(conversation, sender, content, client_id)


def _find_repeat(
    sender: User, conversation: Conversation, client_id: UUID | None
) -> Message | None:
    if client_id is None:
        return None
    return (
        Message.objects.filter(conversation=conversation, sender=sender, client_id=client_id)
        .select_related("sender")
        .first()
    )


def _store(
    conversation: Conversation, sender: User, content: str, client_id: UUID | None
) -> SentMessage:
    """
    Add a message under the lock, or find the first one with its `client_id`.

    It is counted when it is stored and about to be committed, so that only accepted ones are.
    """
    message = _next_message(conversation, sender, content, client_id)
    if not statements.insert_message(message):
        first = Message.objects.select_related("sender").get(
            conversation=conversation, sender=sender, client_id=client_id
        )
        return SentMessage(message=first, is_repeat=True)
    count("messaging", sender.pk)
    conversation.version = message.version
    conversation.message_count += 1
    conversation.last_message, conversation.last_message_at = message, message.created_at
    statements.update_after_message(conversation)
    announce_message(conversation, message)
    return SentMessage(message=message, is_repeat=False)


def _next_message(
    conversation: Conversation, sender: User, content: str, client_id: UUID | None
) -> Message:
    version = conversation.version + 1
    # Clocks of several machines differ; what stands later must not be dated earlier.
    now = max(timezone.now(), conversation.last_message_at or conversation.created_at)
    return Message(
        conversation=conversation,
        sender=sender,
        content=content,
        client_id=client_id,
        created_at=now,
        version=version,
        created_version=version,
    )


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
        conversation.is_archived = False
        sent = _store(conversation, trainer, content, client_id)
    return StartedConversation(conversation.pk, sent.message, is_new, sent.is_repeat)


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
