"""Sends messages from forms, which may carry photos."""

from collections.abc import Sequence
from typing import IO, Any
from uuid import UUID

from api.exceptions import TooFast
from api.throttling import cached_retry_after
from messaging.exceptions import NotATrainer
from messaging.selectors import get_conversation
from messaging.services.posting import SentMessage, find_repeat
from messaging.services.sending import (
    StartedConversation,
    find_repeated_start,
    send_message,
    start_conversation,
)
from messaging.services.uploading import uploaded_for_message
from users.impersonation import ensure_may_write
from users.models import User

Images = Sequence[IO[bytes]]


class _NotSent(Exception):
    """No earlier request has sent the message, and nothing is known that refuses it."""


def send_form(
    *,
    sender: User,
    conversation_id: int,
    images: Images,
    uploads: Sequence[int] = (),
    client_id: UUID | None = None,
    **text: Any,
) -> SentMessage:
    """
    Send a message with these images; see `send_message` and `upload_photo` for `text` and exceptions.

    Drawing takes seconds, so a repeat or a refusal is found out first. If the message is not sent, the
    images are forgotten.
    """
    ensure_may_write(sender)
    conversation = get_conversation(sender, conversation_id)
    try:
        return find_repeat(conversation, sender, client_id, otherwise=_refusal(sender))
    except _NotSent:
        with uploaded_for_message(sender, images, uploads) as ids:
            return send_message(
                sender=sender,
                conversation_id=conversation_id,
                uploads=ids,
                client_id=client_id,
                **text,
            )


def start_with_form(
    *,
    trainer: User,
    trainee_id: int,
    images: Images,
    uploads: Sequence[int] = (),
    client_id: UUID | None = None,
    **text: Any,
) -> StartedConversation:
    """Send a message with these images to a trainee; see `start_conversation` and `send_form`."""
    ensure_may_write(trainer)
    if not trainer.is_trainer:
        raise NotATrainer
    try:
        return find_repeated_start(trainer, trainee_id, client_id, otherwise=_refusal(trainer))
    except _NotSent:
        with uploaded_for_message(trainer, images, uploads) as ids:
            return start_conversation(
                trainer=trainer, trainee_id=trainee_id, uploads=ids, client_id=client_id, **text
            )


def _refusal(sender: User) -> Exception:
    wait = cached_retry_after("messaging", sender.pk)
    return TooFast(wait) if wait else _NotSent()
