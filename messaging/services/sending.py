"""Sending: by id, and by trainee for the first message."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from api.exceptions import TooFast
from api.fields import MAX_ID
from api.throttling import count, noted_wait, take_back, try_count
from messaging.events import announce_message
from messaging.exceptions import ConversationNotFound, NotATrainer
from messaging.models import Conversation, Message
from messaging.selectors import get_conversation
from messaging.services.changes import ensure_writable
from messaging.sql.storing import Stored, store_message
from users.coaching import lock_trainee, trainees_of
from users.exceptions import TraineeNotFound
from users.models import User
from users.services.accounts import ensure_may_write


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
    if conversation_id > MAX_ID:
        raise ConversationNotFound
    # To store, count and take it back is the dearest request of all, under the lock of both people.
    if wait := noted_wait("messaging", sender.pk):
        conversation = get_conversation(sender, conversation_id)
        return _find_repeat(conversation, sender, client_id, otherwise=TooFast(wait))
    if not try_count("messaging", sender.pk):
        # Some that are counted may prove to be repeats: what is refused is what would be stored.
        with transaction.atomic():
            return _store_and_count(conversation_id, sender, content, client_id)
    # Counted before, so that nobody waits for Redis under the lock, and one statement does for all.
    try:
        sent = _store(conversation_id, sender, content, client_id)
    except Exception:
        take_back("messaging", sender.pk)
        raise
    if sent.is_repeat:
        take_back("messaging", sender.pk)
    return sent


def _store_and_count(
    conversation_id: int, sender: User, content: str, client_id: UUID | None
) -> SentMessage:
    """Count a message when it is stored and about to be committed: only accepted ones are."""
    sent = _store(conversation_id, sender, content, client_id)
    if not sent.is_repeat:
        count("messaging", sender.pk)
    return sent


def _store(conversation_id: int, sender: User, content: str, client_id: UUID | None) -> SentMessage:
    """Add a message, or find the first one with its `client_id`."""
    stored = store_message(conversation_id, sender.pk, content, client_id, timezone.now())
    if stored is None:
        raise ConversationNotFound
    if stored.message_id is None:
        impossible = RuntimeError("A message was refused that nothing stands against.")
        return _find_repeat(stored.conversation, sender, client_id, otherwise=impossible)
    message = _stored_message(stored, sender, content, client_id)
    announce_message(stored.conversation, message)
    return SentMessage(message=message, is_repeat=False)


def _find_repeat(
    conversation: Conversation, sender: User, client_id: UUID | None, *, otherwise: Exception
) -> SentMessage:
    """Return what an earlier request has sent; without one, say why nothing is stored."""
    if first := _sent(conversation, sender, client_id).select_related("sender").first():
        return SentMessage(message=first, is_repeat=True)
    ensure_writable(conversation)
    raise otherwise


def _sent(conversation: Conversation, sender: User, client_id: UUID | None) -> QuerySet[Message]:
    """Return the message that an earlier request with this `client_id` has sent, if there is one."""
    if client_id is None:
        return Message.objects.none()
    return Message.objects.filter(conversation=conversation, sender=sender, client_id=client_id)


def _stored_message(stored: Stored, sender: User, content: str, client_id: UUID | None) -> Message:
    conversation = stored.conversation
    conversation.version += 1
    return Message(
        id=stored.message_id,
        conversation=conversation,
        sender=sender,
        content=content,
        client_id=client_id,
        created_at=stored.created_at,
        version=conversation.version,
        created_version=conversation.version,
        content_version=conversation.version,
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
    if wait := noted_wait("messaging", trainer.pk):
        return _find_repeated_start(trainer, trainee_id, client_id, otherwise=TooFast(wait))
    with transaction.atomic():
        trainee = lock_trainee(trainer=trainer, trainee_id=trainee_id)
        conversation, is_new = _get_or_create(trainer, trainee)
        if conversation.is_archived and not _sent(conversation, trainer, client_id).exists():
            conversation.is_archived = False
            conversation.save(update_fields=["is_archived"])
        sent = _store_and_count(conversation.pk, trainer, content, client_id)
    return StartedConversation(conversation.pk, sent.message, is_new, sent.is_repeat)


def _find_repeated_start(
    trainer: User, trainee_id: int, client_id: UUID | None, *, otherwise: Exception
) -> StartedConversation:
    """Return what an earlier request has started; without one, say why nothing is stored."""
    if not trainees_of(trainer).filter(pk=trainee_id).exists():
        raise TraineeNotFound
    found = Conversation.objects.filter(trainer=trainer, trainee_id=trainee_id).first()
    first = _sent(found, trainer, client_id).select_related("sender").first() if found else None
    if first is None:
        raise otherwise
    return StartedConversation(
        first.conversation_id, first, is_new_conversation=False, is_repeat=True
    )


def _get_or_create(trainer: User, trainee: User) -> tuple[Conversation, bool]:
    found = (
        Conversation.objects.select_for_update(no_key=True)
        .filter(trainer=trainer, trainee=trainee)
        .first()
    )
    if found:
        return found, False
    return Conversation.objects.create(trainer=trainer, trainee=trainee), True
