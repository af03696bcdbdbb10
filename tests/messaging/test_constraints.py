"""Each rule is a database constraint; tests bypass the services, and check the constraint's name."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from messaging.models import Conversation, Message
from users.models import AuthSession, User

CLIENT_ID = UUID("11111111-2222-4333-8444-555555555555")


def assert_refused(name: str, write: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write()
    # SQLite's errors give the name of a check constraint, but only the columns of a unique constraint.
    if connection.vendor == "postgresql" or "CHECK" in str(refused.value):
        assert name in str(refused.value)


def add(conversation: Conversation, sender: User | None, **fields: Any) -> Message:
    values: dict[str, Any] = {"content": "Hi", "version": 9, "created_version": 9, **fields}
    return Message.objects.create(conversation=conversation, sender=sender, **values)


def test_pair_has_at_most_one_conversation(
    alice: User, bob: User, conversation: Conversation
) -> None:
    assert_refused(
        "messaging_conversation_one_for_each_pair",
        lambda: Conversation.objects.create(trainer=alice, trainee=bob),
    )


def test_trainer_and_trainee_differ(alice: User) -> None:
    assert_refused(
        "messaging_conversation_trainer_is_not_trainee",
        lambda: Conversation.objects.create(trainer=alice, trainee=alice),
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("messaging_message_has_text_or_photos", {"content": ""}),
        ("messaging_message_content_is_short_enough", {"content": "🏋" * 2001}),
        ("messaging_message_created_version_once", {"created_version": 1}),
        ("messaging_message_read_at_and_version_go_together", {"read_version": 9}),
        ("messaging_message_read_at_and_version_go_together", {"read_at": timezone.now()}),
    ],
)
def test_invalid_message_is_refused(
    bob: User, conversation: Conversation, name: str, fields: dict[str, Any]
) -> None:
    assert_refused(name, lambda: add(conversation, bob, **fields))


def test_content_of_2000_code_points_fits(bob: User, conversation: Conversation) -> None:
    message = add(conversation, bob, content="🏋" * 2000)

    message.refresh_from_db()
    assert message.content == "🏋" * 2000


def test_client_id_is_unique_for_a_sender_in_a_conversation(
    alice: User, bob: User, conversation: Conversation
) -> None:
    add(conversation, bob, client_id=CLIENT_ID)
    add(conversation, alice, client_id=CLIENT_ID, created_version=10)

    assert_refused(
        "messaging_message_client_id_once",
        lambda: add(conversation, bob, client_id=CLIENT_ID, created_version=11),
    )


def test_conversation_with_messages_cannot_be_deleted(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        conversation.delete()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("users_user_email_is_lower_case", {"email": "Bob@example.com"}),
        ("users_user_role_valid", {"role": "CAT", "parent_trainer": None}),
        ("users_user_only_trainees_have_a_trainer", {"role": "TRAINER"}),
    ],
)
def test_invalid_user_is_refused(bob: User, name: str, fields: dict[str, Any]) -> None:
    assert_refused(name, lambda: User.objects.filter(pk=bob.pk).update(**fields))


def test_session_of_a_sign_in_has_no_impersonator(alice: User, bob: User) -> None:
    sign_in = AuthSession(user=bob, impersonator=alice, expires_at=timezone.now())

    assert_refused("users_authsession_impersonator_only_when_impersonating", sign_in.save)
