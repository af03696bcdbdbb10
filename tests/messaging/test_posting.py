"""Posting without a throttle, alone and within a larger transaction."""

from uuid import UUID

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from api.throttling import counter
from messaging.exceptions import ConversationArchived, ConversationNotFound
from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.posting import SentMessage, post_message
from messaging.services.sending import send_message
from tests.factories import make_trainee, open_conversation
from tests.messaging.announcements import list_events
from users.models import User


def post(sender: User, conversation: Conversation, client_id: int | None = None) -> SentMessage:
    return post_message(
        sender=sender,
        conversation_id=conversation.pk,
        content="Hi",
        client_id=UUID(int=client_id) if client_id else None,
    )


def test_post_is_not_throttled_and_does_not_count(alice: User, conversation: Conversation) -> None:
    counter().reset()

    posted = [post(alice, conversation) for _ in range(40)]
    sent = send_message(sender=alice, conversation_id=conversation.pk, content="By hand")

    assert [each.message.version for each in (*posted, sent)] == list(range(2, 43))


def test_posts_of_one_transaction_are_announced_in_order_when_it_commits(
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))

    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        for each in (conversation, other, conversation):
            post(alice, each)

    events = [event for group, event in list_events(callbacks) if group == f"user.{alice.pk}"]
    assert [(each["conversation_id"], each["version"]) for each in events] == [
        (conversation.pk, 2),
        (other.pk, 2),
        (conversation.pk, 3),
    ]


def test_rollback_removes_and_announces_none_of_several_posts(
    alice: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    archived = Conversation.objects.create(trainer=alice, is_archived=True)

    def post_all() -> None:
        with transaction.atomic():
            for each in (conversation, other, archived):
                post(alice, each)

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(ConversationArchived):
        post_all()

    assert callbacks == []
    assert Message.objects.count() == 2
    assert set(Conversation.objects.values_list("version", "message_count")) == {(1, 1), (0, 0)}


def test_repeat_within_a_transaction_returns_the_first(
    alice: User, conversation: Conversation
) -> None:
    with transaction.atomic():
        first, second = post(alice, conversation, 1), post(alice, conversation, 1)

    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert first.message.pk == second.message.pk


def test_post_requires_access_to_the_conversation(
    alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    for stranger in (charlie, bob):
        with pytest.raises(ConversationNotFound):
            post(stranger, conversation)
