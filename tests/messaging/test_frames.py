import json

from messaging import frames
from messaging.models import Conversation
from messaging.selectors import get_replay
from messaging.services.reading import mark_read
from tests.factories import write
from tests.messaging.edits import edit_message
from users.models import User


def test_pong_has_a_version_where_there_is_one() -> None:
    assert json.loads(frames.pong(None)) == {"type": "pong"}
    assert json.loads(frames.pong(7)) == {"type": "pong", "version": 7}


def test_typing_indicator_names_the_person() -> None:
    frame = json.loads(frames.typing_indicator(user_id=3, is_typing=False))

    assert frame == {"type": "typing_indicator", "user_id": 3, "is_typing": False}


def test_messages_read_together_have_one_receipt_although_one_was_edited_since(
    alice: User, bob: User, conversation: Conversation
) -> None:
    first, second = write(bob, conversation, "One", "Two")
    mark_read(reader=alice, conversation_id=conversation.pk)
    answer = write(alice, conversation, "Three")[0]
    mark_read(reader=bob, conversation_id=conversation.pk)
    edit_message(first.pk, "One!")

    missed = get_replay(bob, conversation.pk, 3)
    told = [json.loads(frame) for frame in frames.replay(missed, bob.pk)]

    receipts = [(each["type"], each["up_to"]) for each in told if "up_to" in each]
    assert receipts == [("read_receipt", second.pk), ("conversation_read", answer.pk)]
