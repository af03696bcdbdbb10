"""The frames that sockets send, live and replayed, each as the JSON text that goes out."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from api.formats import utc
from live.frames import encode
from messaging.models import Conversation, Message
from messaging.selectors import Replay
from messaging.serializers import REMOVED_PERSON_ID, ConversationSerializer, messages_data

_conversation = ConversationSerializer()


def new_message(message: dict[str, Any]) -> str:
    """A message to insert, or to replace by its id."""
    return encode({"type": "new_message", "message": message})


@dataclass(frozen=True)
class ReadReceipt:
    """What was read, and when: everything of the other side up to and including a message."""

    read_at: str | None
    up_to: int
    version: int


def read_receipt(receipt: ReadReceipt, *, reader_id: int) -> str:
    """To the other side: what you wrote was read."""
    return encode({"type": "read_receipt", "reader_id": reader_id, **asdict(receipt)})


def conversation_read(receipt: ReadReceipt) -> str:
    """To the reader's own devices: this was read, on one of them."""
    return encode({"type": "conversation_read", **asdict(receipt)})


def typing_indicator(*, user_id: int, is_typing: bool) -> str:
    return encode({"type": "typing_indicator", "user_id": user_id, "is_typing": is_typing})


def pong(version: int | None) -> str:
    frame: dict[str, Any] = {"type": "pong"}
    return encode(frame if version is None else {**frame, "version": version})


def reset(version: int) -> str:
    """Too much was missed to be told: load the thread afresh."""
    return encode({"type": "reset", "version": version})


def conversation_updated(conversation: Conversation) -> str:
    return encode(
        {
            "type": "conversation_updated",
            "conversation": _conversation.to_representation(conversation),
        }
    )


def unread_count(count: int) -> str:
    return encode({"type": "unread_count", "unread_count": count})


def replay(missed: Replay, user_id: int) -> list[str]:
    """
    Return the frames that `user_id` missed, in the order of their versions.

    Each has its own version: a message comes with the text that it has now, unread, once more if its
    text or sender has changed since it was written, and its receipt follows. A client that is cut off
    in the middle resumes from the highest version it has seen, and loses nothing but this: a deleted
    account is one change of many messages, and cut off within them the client shows some under the
    old name until it next loads them.
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
    # The messages were read after the conversation's version: what is newer still comes by itself.
    return [frame for version, frame in due if version <= missed.version]


def _shown(row: Message, data: dict[str, Any], since: int) -> Iterator[tuple[int, str]]:
    """Show a message at the version at which it was written, and at that of its last other change."""
    for version in sorted({row.created_version, row.shown_version}):
        if version > since:
            yield version, new_message(data | _as_of(row, version))


def _as_of(row: Message, version: int) -> dict[str, Any]:
    """Return whether a message was read at a version, and the version, which is not later."""
    if row.read_version and row.read_version <= version:
        return {"version": version}
    return {"version": version, "is_read": False, "read_at": None}


def _receipts(missed: Replay, user_id: int) -> list[tuple[int, str]]:
    read = [each for each in missed.messages if (each.read_version or 0) > missed.since]
    read.sort(key=lambda each: (each.read_version, each.pk))
    groups = groupby(read, key=lambda each: each.read_version or 0)
    return [
        (version, _receipt(list(messages)[-1], missed.conversation, user_id))
        for version, messages in groups
    ]


def _receipt(last: Message, conversation: Conversation, user_id: int) -> str:
    """Tell a read mark to one of the two people: the reader is who did not write the message."""
    receipt = ReadReceipt(read_at=utc(last.read_at), up_to=last.pk, version=last.read_version or 0)
    if last.sender_id != user_id:
        return conversation_read(receipt)
    ids = (conversation.trainer_id, conversation.trainee_id)
    reader_id = next((each for each in ids if each != user_id), None)
    return read_receipt(receipt, reader_id=reader_id or REMOVED_PERSON_ID)
