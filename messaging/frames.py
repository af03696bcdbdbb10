"""Encodes the outgoing frames of sockets, live or replayed, as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from api.formats import utc
from live.frames import encode
from messaging.models import Conversation
from messaging.rows import ConversationEntry, MessageRow
from messaging.selectors import Replay
from messaging.serializers import REMOVED_PERSON_ID, ConversationSerializer, messages_data

_conversation = ConversationSerializer()


def new_message(message: dict[str, Any]) -> str:
    """Encode a message. Clients insert it, or replace the message that has the same id."""
    return encode({"type": "new_message", "message": message})


@dataclass(frozen=True)
class ReadReceipt:
    """Records that the reader has read the other person's messages up to and including `up_to`."""

    read_at: str | None
    up_to: int
    version: int


def read_receipt(receipt: ReadReceipt, *, reader_id: int) -> str:
    """Encode a receipt for the person who sent the messages."""
    return encode({"type": "read_receipt", "reader_id": reader_id, **asdict(receipt)})


def is_read_receipt(frame: str) -> bool:
    """Return whether an encoded frame is a receipt for the person who sent the messages."""
    return frame.startswith('{"type":"read_receipt"')


def conversation_read(receipt: ReadReceipt) -> str:
    """Encode a receipt for the reader's own devices."""
    return encode({"type": "conversation_read", **asdict(receipt)})


def typing_indicator(*, user_id: int, is_typing: bool) -> str:
    return encode({"type": "typing_indicator", "user_id": user_id, "is_typing": is_typing})


def pong(version: int | None) -> str:
    frame: dict[str, Any] = {"type": "pong"}
    return encode(frame if version is None else {**frame, "version": version})


def reset(version: int) -> str:
    """Encode a request to reload the thread, for a client that a replay cannot bring up to date."""
    return encode({"type": "reset", "version": version})


def conversation_updated(conversation: ConversationEntry) -> str:
    return encode(
        {
            "type": "conversation_updated",
            "conversation": _conversation.to_representation(conversation),
        }
    )


def unread_count(count: int, newest: list[tuple[int, int]] | None = None) -> str:
    """Encode the unread count and, if given, the (id, version) of each conversation on the first page."""
    frame: dict[str, Any] = {"type": "unread_count", "unread_count": count}
    return encode(frame if newest is None else {**frame, "newest": newest})


def message_edited(message: dict[str, Any]) -> str:
    """Encode an edit. That of a reply has its quote, which can have changed since it was sent."""
    quote = ("reply_to",) if message["reply_to"] else ()
    return _about_message("message_edited", message, ("content", "edited_at", *quote, "version"))


def message_deleted(message: dict[str, Any]) -> str:
    return _about_message("message_deleted", message, ("version",))


def message_reacted(message: dict[str, Any]) -> str:
    return _about_message("message_reacted", message, ("reactions", "version"))


def _about_message(kind: str, message: dict[str, Any], names: tuple[str, ...]) -> str:
    """Encode a change of a message; `names` are the fields that have changed."""
    changed = {name: message[name] for name in names}
    return encode({"type": kind, "message_id": message["id"], **changed})


def replay(missed: Replay, user_id: int, *, with_receipts: bool = True) -> list[str]:
    """
    Return the frames that `user_id` missed, in the order of their versions.

    If `with_receipts` is False, omit the receipts of messages that `user_id` sent.

    If `missed.is_too_long`, the only frame is `reset`. Otherwise, each frame contains the version of one
    change. So a client whose connection breaks can resume from the highest version that it received, and
    loses nothing. A message that is new to the client is sent once, with its present text and the version
    of its creation. Its last edit or deletion, and the last change to its reactions, follow at their
    versions. A message that was read after a version is sent as unread, and a read receipt follows.

    There is one exception. Deleting an account changes many messages in one version. If the connection
    breaks after some of these messages were sent, the client shows the others under the deleted person's
    name until it loads them again.
    """
    if missed.is_too_long:
        return [reset(missed.version)]
    data = messages_data(missed.messages, missed.conversation)
    shown = [
        versioned
        for row, each in zip(missed.messages, data, strict=True)
        for versioned in _shown(row, each, missed.since)
    ]
    due = sorted(shown + _receipts(missed, user_id), key=itemgetter(0))
    # The messages can be newer than the conversation's version; such changes arrive as events.
    found = [frame for version, frame in due if version <= missed.version]
    return found if with_receipts else [frame for frame in found if not is_read_receipt(frame)]


def _shown(row: MessageRow, data: dict[str, Any], since: int) -> Iterator[tuple[int, str]]:
    """Yield (version, frame) for what `since` does not include: a new message, and its changes."""
    created_version, content_version = row.created_version, row.shown_version
    if created_version > since:
        yield created_version, new_message(data | _as_of(row, created_version))
    if content_version > max(since, created_version):
        yield content_version, _content_changed(row, data | _as_of(row, content_version))
    reaction_version = row.reaction_version or 0
    if reaction_version > since and not row.removed_at:
        yield reaction_version, message_reacted({**data, "version": reaction_version})


def _content_changed(row: MessageRow, data: dict[str, Any]) -> str:
    """
    Encode an edit, a deletion, or a change of the sender.

    Only a new message has a frame with a sender, so a message whose sender has changed is sent as one.
    """
    if row.sender_id is None:
        return new_message(data)
    if row.removed_at:
        return message_deleted(data)
    return message_edited(data) if row.edited_at else new_message(data)


def _as_of(row: MessageRow, version: int) -> dict[str, Any]:
    """
    Return new values for a message's data: `version`, and the read state as of `version`.

    A message that was read later is shown as unread. The text and the sender stay current.
    """
    if row.read_version and row.read_version <= version:
        return {"version": version}
    return {"version": version, "is_read": False, "read_at": None}


def _receipts(missed: Replay, user_id: int) -> list[tuple[int, str]]:
    read = [each for each in missed.messages if _was_read_since(each, missed.since)]
    read.sort(key=lambda each: (each.read_version, each.id))
    groups = groupby(read, key=lambda each: each.read_version or 0)
    return [
        (version, _receipt(list(messages)[-1], missed.conversation, user_id))
        for version, messages in groups
    ]


def _was_read_since(message: MessageRow, since: int) -> bool:
    """Return whether the recipient has read the message; a removed one only counts as read."""
    version = message.read_version or 0
    return version > since and version != message.content_version


def _receipt(last: MessageRow, conversation: Conversation, user_id: int) -> str:
    """Encode for a user that the person who did not send `last` has read the messages up to `last`."""
    receipt = ReadReceipt(read_at=utc(last.read_at), up_to=last.id, version=last.read_version or 0)
    if last.sender_id != user_id:
        return conversation_read(receipt)
    ids = (conversation.trainer_id, conversation.trainee_id)
    reader_id = next((each for each in ids if each != user_id), None)
    return read_receipt(receipt, reader_id=reader_id or REMOVED_PERSON_ID)
