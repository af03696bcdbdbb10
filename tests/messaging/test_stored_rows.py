"""The columns that the hand-written SQL stores, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.models import Conversation, Message
from messaging.sql.mark_read import MarkedMessages, mark_messages
from messaging.sql.send import NewMessage, store_message
from tests.factories import make_trainee, open_conversation, write
from users.models import User


def columns_of(row: Conversation | Message) -> dict[str, Any]:
    return dict(type(row).objects.filter(pk=row.pk).values()[0])


def mark(reader: User, conversation: Conversation, up_to: int | None) -> MarkedMessages:
    marked = mark_messages(conversation.pk, reader.pk, up_to, timezone.now())
    assert marked
    return marked


def test_stored_message_has_the_next_version_in_all_columns(
    alice: User, conversation: Conversation
) -> None:
    before, now = columns_of(conversation), timezone.now()

    stored = store_message(conversation.pk, alice.pk, NewMessage("Second"), now)

    assert stored
    message = Message.objects.latest("pk")
    assert (stored.message_id, stored.created_at) == (message.pk, now)
    assert columns_of(message) == {
        **columns_of(message),
        "conversation_id": conversation.pk,
        "sender_id": alice.pk,
        "content": "Second",
        "created_at": now,
        "read_at": None,
        "read_version": None,
        "version": before["version"] + 1,
        "created_version": before["version"] + 1,
        "content_version": before["version"] + 1,
    }
    assert columns_of(conversation) == {
        **before,
        "version": before["version"] + 1,
        "message_count": before["message_count"] + 1,
        "last_message_id": message.pk,
        "last_message_at": now,
    }


@pytest.mark.parametrize("past", [datetime(2000, 1, 1, tzinfo=UTC)])
def test_stored_time_is_never_before_the_previous_message_or_the_conversation(
    alice: User, conversation: Conversation, past: datetime
) -> None:
    previous = Message.objects.get().created_at
    later = previous + timedelta(hours=1)
    Conversation.objects.filter(pk=conversation.pk).update(created_at=past)

    first = store_message(conversation.pk, alice.pk, NewMessage("Slow clock"), past)
    Conversation.objects.filter(pk=conversation.pk).update(created_at=later)
    second = store_message(conversation.pk, alice.pk, NewMessage("Slower clock"), past)

    assert first
    assert second
    assert (first.created_at, second.created_at) == (previous, later)


def test_marked_messages_have_the_next_version_and_the_last_of_them_is_returned(
    alice: User, bob: User, conversation: Conversation
) -> None:
    _, third = write(alice, conversation, "Second", "Third")
    write(alice, conversation, "Fourth")
    before = columns_of(conversation)
    contents = dict(Message.objects.values_list("pk", "content_version"))

    marked = mark(bob, conversation, third.pk)

    assert (marked.count, marked.up_to, marked.has_message) == (3, third.pk, True)
    assert columns_of(conversation) == {**before, "version": before["version"] + 1}
    for message in Message.objects.filter(pk__lte=third.pk):
        assert message.version == message.read_version == before["version"] + 1
        assert message.content_version == contents[message.pk]
    assert Message.objects.filter(read_at=None).count() == 1


def test_all_messages_of_only_this_conversation_are_marked(
    alice: User, bob: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("carol", alice))
    (last,) = write(alice, conversation, "Second")

    marked = mark(bob, conversation, None)

    assert (marked.count, marked.up_to) == (2, last.pk)
    assert list(Message.objects.filter(read_at=None).values_list("conversation")) == [(other.pk,)]


def test_message_of_another_conversation_marks_nothing(
    alice: User, bob: User, conversation: Conversation
) -> None:
    open_conversation(alice, make_trainee("carol", alice))
    before = columns_of(conversation)

    marked = mark(bob, conversation, Message.objects.latest("pk").pk)

    assert (marked.count, marked.up_to, marked.has_message) == (0, None, False)
    assert not Message.objects.exclude(read_at=None).exists()
    assert columns_of(conversation) == before
