"""Bugs that the model-based test found, each as a separate test."""

import json

from messaging import frames
from messaging.models import Conversation
from messaging.selectors import get_replay, list_conversations
from messaging.services.archiving import reopen_conversations
from messaging.services.reading import mark_read
from tests.messaging.edits import edit_message
from trainer.services.trainees import remove_trainee
from users.models import User


def test_reopening_is_refused_if_the_trainer_is_deleted_and_the_trainee_has_none(
    alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    alice.delete()

    assert reopen_conversations(Conversation.objects.all()) == 0

    assert list(list_conversations(User.objects.get(pk=bob.pk))) == []


def test_replay_includes_a_deletion_of_the_sender_before_a_read(
    alice: User, bob: User, conversation: Conversation
) -> None:
    alice.delete()
    mark_read(reader=bob, conversation_id=conversation.pk)

    shown, mark = map(json.loads, frames.replay(get_replay(bob, conversation.pk, since=1), bob.pk))

    assert shown["message"]["sender"]["first_name"] == "[removed]"
    assert (shown["message"]["version"], mark["type"]) == (2, "conversation_read")


def test_replay_includes_an_edit_before_a_read(
    alice: User, bob: User, conversation: Conversation
) -> None:
    """Before `content_version` existed, a client at version 1 received only the read receipt."""
    edit_message(conversation.messages.get().pk, "Edited")
    mark_read(reader=bob, conversation_id=conversation.pk)

    for reader, kind in ((alice, "read_receipt"), (bob, "conversation_read")):
        missed = get_replay(reader, conversation.pk, since=1)
        shown, receipt = map(json.loads, frames.replay(missed, reader.pk))

        assert (shown["type"], shown["content"]) == ("message_edited", "Edited")
        assert shown["version"] == 2
        assert (receipt["type"], receipt["version"]) == (kind, 3)
