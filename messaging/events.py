"""
Announces changes in a conversation to its participants' sockets, after the commit.

Most events contain the conversation's new version and an encoded frame. A conversation socket that has
sent all earlier versions forwards this frame unchanged; an inbox socket reads the database instead.
"""

from typing import Any

from django.db import transaction

from api import metrics
from api.formats import utc
from live.events import announce, announce_now
from messaging import frames
from messaging.models import Conversation, Message
from messaging.serializers import MessageSerializer

_message = MessageSerializer()


def announce_message(conversation: Conversation, message: Message) -> dict[str, Any]:
    """
    Announce a new message to both people, including the sender's other devices.

    Return the message in the format for clients.
    """
    transaction.on_commit(metrics.sends.inc)
    data = _message.to_representation(message)
    _announce_to_both(conversation, frames.new_message(data))
    return data


def announce_edit(conversation: Conversation, message: Message) -> None:
    """Announce a message's new text to both people."""
    _announce_to_both(conversation, frames.message_edited(_message.to_representation(message)))


def announce_deletion(conversation: Conversation, message_id: int) -> None:
    """Announce to both people that a message was deleted."""
    deleted = {"id": message_id, "version": conversation.version}
    _announce_to_both(conversation, frames.message_deleted(deleted))


def announce_reactions(conversation: Conversation, message: Message) -> None:
    """Announce a message's reactions to both people."""
    _announce_to_both(conversation, frames.message_reacted(_message.to_representation(message)))


def announce_read(conversation: Conversation, *, reader_id: int, read_at: Any, up_to: int) -> None:
    """Announce a read receipt to the other person and to the reader's own devices."""
    receipt = frames.ReadReceipt(read_at=utc(read_at), up_to=up_to, version=conversation.version)
    others = frames.read_receipt(receipt, reader_id=reader_id)
    for user_id in conversation.participant_ids:
        is_reader = user_id == reader_id
        frame = frames.conversation_read(receipt) if is_reader else others
        announce(user_id, _changed(conversation, frame))


def announce_archived(conversation: Conversation) -> None:
    """Close both people's sockets on the conversation, and update their lists."""
    event = {
        "type": "conversation.archived",
        "conversation_id": conversation.pk,
        "version": conversation.version,
    }
    for user_id in conversation.participant_ids:
        announce(user_id, event)


def announce_altered(conversation: Conversation) -> None:
    """Announce a change that has no frame. Sockets then read the change from the database."""
    _announce_to_both(conversation, None)


def announce_typing(
    *, conversation_id: int, by_id: int, to_id: int | None, is_typing: bool
) -> None:
    """Announce the typing state to the other person at once; there is no commit to wait for."""
    frame = frames.typing_indicator(user_id=by_id, is_typing=is_typing)
    event = {"type": "conversation.typing", "conversation_id": conversation_id, "frame": frame}
    announce_now(to_id, event)


def _announce_to_both(conversation: Conversation, frame: str | None) -> None:
    for user_id in conversation.participant_ids:
        announce(user_id, _changed(conversation, frame))


def _changed(conversation: Conversation, frame: str | None) -> dict[str, Any]:
    return {
        "type": "conversation.changed",
        "conversation_id": conversation.pk,
        "version": conversation.version,
        "frame": frame,
    }
