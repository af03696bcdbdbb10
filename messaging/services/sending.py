"""Sends a user's messages within the rate limit, and starts conversations with trainees."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from api.exceptions import TooFast
from api.throttling import cached_retry_after, hit, refund, try_hit
from messaging.exceptions import NotATrainer
from messaging.models import Conversation, Message
from messaging.selectors import get_conversation
from messaging.services.opening import lock_or_create, reopen
from messaging.services.posting import SentMessage, find_repeat, post_message, sent_with
from users.coaching import lock_trainee, trainees_of
from users.exceptions import TraineeNotFound
from users.impersonation import ensure_may_write
from users.models import User


@dataclass(frozen=True)
class StartedConversation:
    conversation_id: int
    message: Message
    is_new_conversation: bool
    is_repeat: bool


def send_message(
    *,
    sender: User,
    conversation_id: int,
    content: str,
    client_id: UUID | None = None,
    reply_to: int | None = None,
    uploads: Sequence[int] = (),
) -> SentMessage:
    """
    Post a message for a user, if the rate limit `THROTTLE_MESSAGING` allows it; see `post_message`.

    Requests that store nothing (repeats, refusals and failures) do not count. Raise
    ImpersonationReadOnly, TooFast, or as `post_message` does.
    """
    ensure_may_write(sender)
    post = partial(
        post_message,
        sender=sender,
        conversation_id=conversation_id,
        content=content,
        client_id=client_id,
        reply_to=reply_to,
        uploads=uploads,
    )
    # Recently throttled: refuse from memory instead of inserting and rolling back under the lock.
    if wait := cached_retry_after("messaging", sender.pk):
        conversation = get_conversation(sender, conversation_id)
        return find_repeat(conversation, sender, client_id, otherwise=TooFast(wait))
    if not try_hit("messaging", sender.pk):
        # Some counted requests may be refunded, and a repeat is allowed, so count again after posting.
        with _counting_transaction(sender) as count:
            return _post_and_count(post, count)
    # The message has been counted before it is posted. So no row lock is held while waiting for Redis,
    # and posting takes a single statement.
    try:
        sent = post()
    except Exception:
        refund("messaging", sender.pk)
        raise
    if sent.is_repeat:
        refund("messaging", sender.pk)
    return sent


@contextmanager
def _counting_transaction(sender: User) -> Iterator[Callable[[], None]]:
    """
    Run the block in a transaction, and pass it a function that counts a message or raises TooFast.

    If the transaction fails after the message was counted, for example in its commit, refund the use.
    """
    is_counted = False

    def count() -> None:
        nonlocal is_counted
        hit("messaging", sender.pk)
        is_counted = True

    try:
        with transaction.atomic():
            yield count
    except Exception:
        if is_counted:
            refund("messaging", sender.pk)
        raise


def _post_and_count(post: Callable[[], SentMessage], count: Callable[[], None]) -> SentMessage:
    """Post a message, then call `count`, which may raise TooFast. Do not count repeats."""
    sent = post()
    if not sent.is_repeat:
        count()
    return sent


def start_conversation(
    *,
    trainer: User,
    trainee_id: int,
    content: str,
    client_id: UUID | None = None,
    reply_to: int | None = None,
    uploads: Sequence[int] = (),
) -> StartedConversation:
    """
    Send a message to one of the trainer's trainees; create or reopen their conversation if necessary.

    All of this happens in one transaction. If `client_id` was used before, store nothing and return the
    original message. Raise ImpersonationReadOnly, NotATrainer, TraineeNotFound, TooFast, or as
    `post_message` does.
    """
    ensure_may_write(trainer)
    if not trainer.is_trainer:
        raise NotATrainer
    if wait := cached_retry_after("messaging", trainer.pk):
        return find_repeated_start(trainer, trainee_id, client_id, otherwise=TooFast(wait))
    with _counting_transaction(trainer) as count:
        trainee = lock_trainee(trainer=trainer, trainee_id=trainee_id)
        conversation, is_new = lock_or_create(trainer, trainee)
        if conversation.is_archived and not sent_with(conversation, trainer, client_id).exists():
            reopen(conversation)
        post = partial(
            post_message,
            sender=trainer,
            conversation_id=conversation.pk,
            content=content,
            client_id=client_id,
            reply_to=reply_to,
            uploads=uploads,
        )
        sent = _post_and_count(post, count)
    return StartedConversation(conversation.pk, sent.message, is_new, sent.is_repeat)


def find_repeated_start(
    trainer: User, trainee_id: int, client_id: UUID | None, *, otherwise: Exception
) -> StartedConversation:
    """
    Return the message that an earlier request sent with this `client_id`, and its conversation.

    Raise TraineeNotFound if the trainer has no such trainee. If there is no such message, raise the
    exception `otherwise`.
    """
    if not trainees_of(trainer).filter(pk=trainee_id).exists():
        raise TraineeNotFound
    found = Conversation.objects.filter(trainer=trainer, trainee_id=trainee_id).first()
    first = sent_with(found, trainer, client_id).select_related("sender").first() if found else None
    if first is None:
        raise otherwise
    return StartedConversation(
        first.conversation_id, first, is_new_conversation=False, is_repeat=True
    )
