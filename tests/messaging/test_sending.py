from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from api.exceptions import ServiceError, TooFast
from api.throttling import counter
from messaging.exceptions import (
    ConversationArchived,
    ConversationNotFound,
    ParticipantDeactivated,
    ParticipantGone,
)
from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.posting import SentMessage
from messaging.services.sending import send_message, start_conversation
from tests.factories import impersonate, make_trainee, open_conversation, write
from tests.messaging.announcements import list_events, list_kinds, to
from tests.privacy.people import begin
from users.exceptions import ImpersonationReadOnly
from users.models import User
from users.selectors import get_user_by_claims
from users.services.accounts import deactivate_user, reactivate_user
from users.tokens import read_access_token

CLIENT_ID = UUID("11111111-2222-4333-8444-555555555555")


def send(sender: User, conversation: Conversation, content: str = "Hi") -> SentMessage:
    return send_message(sender=sender, conversation_id=conversation.pk, content=content)


def test_message_takes_the_next_version_and_becomes_the_last(
    bob: User, conversation: Conversation
) -> None:
    message = send(bob, conversation).message

    stored = Message.objects.get(pk=message.pk)
    assert (stored.version, stored.created_version, stored.content_version) == (2, 2, 2)
    conversation.refresh_from_db()
    assert (message.version, message.created_version, message.read_version) == (2, 2, None)
    assert message.content_version == 2
    assert (conversation.version, conversation.message_count) == (2, 2)
    assert conversation.last_message == message
    assert conversation.last_message_at == message.created_at


def test_send_announces_to_both_sides(
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        send(bob, conversation)

    assert list_kinds(callbacks) == [
        to(alice, "conversation.changed"),
        to(bob, "conversation.changed"),
    ]
    assert {event["version"] for _, event in list_events(callbacks)} == {2}


def test_send_by_stranger_is_not_found(charlie: User, conversation: Conversation) -> None:
    with pytest.raises(ConversationNotFound):
        send(charlie, conversation)

    assert Message.objects.count() == 1


@pytest.mark.parametrize("conversation_id", [0, -1, 2**63 - 1])
def test_send_to_unknown_conversation_is_not_found(bob: User, conversation_id: int) -> None:
    with pytest.raises(ConversationNotFound):
        send_message(sender=bob, conversation_id=conversation_id, content="Hi")


def test_send_to_archived_conversation_is_refused_to_trainer_and_hidden_from_trainee(
    alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    with pytest.raises(ConversationArchived):
        send(alice, conversation)
    with pytest.raises(ConversationNotFound):
        send(bob, conversation)


@pytest.mark.parametrize("is_trainer_gone", [False, True])
def test_send_to_deleted_person_is_refused_and_stores_nothing(
    alice: User, bob: User, conversation: Conversation, is_trainer_gone: bool
) -> None:
    gone, left = (alice, bob) if is_trainer_gone else (bob, alice)
    gone.delete()

    with pytest.raises(ParticipantGone):
        send(left, conversation)
    assert Message.objects.count() == 1


def test_send_to_deactivated_person_is_refused_and_stores_nothing(
    alice: User, bob: User, conversation: Conversation
) -> None:
    deactivate_user(user=bob)

    with pytest.raises(ParticipantDeactivated):
        send(alice, conversation)
    with pytest.raises(ParticipantDeactivated):
        start_conversation(trainer=alice, trainee_id=bob.pk, content="Hi")
    assert Message.objects.count() == 1
    conversation.refresh_from_db()
    assert conversation.version == 1

    reactivate_user(user=bob)
    assert send(alice, conversation).message.content


def test_conversation_with_a_deactivated_person_is_not_started(alice: User) -> None:
    eve = make_trainee("eve", alice, is_active=False)

    with pytest.raises(ParticipantDeactivated):
        start_conversation(trainer=alice, trainee_id=eve.pk, content="Hi")

    assert not Conversation.objects.exists()


def test_send_to_person_who_is_being_erased_is_refused(
    alice: User, bob: User, conversation: Conversation
) -> None:
    begin(bob)

    with pytest.raises(ParticipantGone):
        send(alice, conversation)


def test_repeat_of_a_message_to_a_person_deactivated_since_returns_it(
    alice: User, bob: User, conversation: Conversation
) -> None:
    sent = {"sender": alice, "conversation_id": conversation.pk, "client_id": CLIENT_ID}
    first = send_message(content="First", **sent)  # type: ignore[arg-type]  # values of several types
    deactivate_user(user=bob)

    again = send_message(content="First", **sent)  # type: ignore[arg-type]  # as above

    assert (again.message.pk, again.is_repeat) == (first.message.pk, True)


def test_send_while_impersonating_is_refused(
    alice: User, bob: User, conversation: Conversation
) -> None:
    _, tokens = impersonate(bob, by=alice)
    viewer = get_user_by_claims(read_access_token(tokens.access))

    with pytest.raises(ImpersonationReadOnly):
        send(viewer, conversation)


def test_repeated_client_id_returns_first_message(bob: User, conversation: Conversation) -> None:
    sent = {"sender": bob, "conversation_id": conversation.pk, "client_id": CLIENT_ID}
    first = send_message(content="First", **sent)  # type: ignore[arg-type]  # values of several types

    second = send_message(content="Second", **sent)  # type: ignore[arg-type]  # as above

    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert second.message == first.message
    assert second.message.content == "First"
    assert Message.objects.filter(conversation=conversation).count() == 2


def test_repeated_client_id_changes_and_announces_nothing(
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent = {"sender": bob, "conversation_id": conversation.pk, "client_id": CLIENT_ID}
    send_message(content="First", **sent)  # type: ignore[arg-type]  # values of several types

    with django_capture_on_commit_callbacks() as callbacks:
        send_message(content="First", **sent)  # type: ignore[arg-type]  # as above

    conversation.refresh_from_db()
    assert (callbacks, conversation.version) == ([], 2)


def test_repeated_client_id_in_archived_conversation_is_answered(
    alice: User, bob: User, conversation: Conversation
) -> None:
    first = send_message(
        sender=alice, conversation_id=conversation.pk, content="Hi", client_id=CLIENT_ID
    )
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    again = send_message(
        sender=alice, conversation_id=conversation.pk, content="Hi", client_id=CLIENT_ID
    )

    assert again == SentMessage(message=first.message, is_repeat=True)


def test_same_client_id_of_two_people_is_two_messages(
    alice: User, bob: User, conversation: Conversation
) -> None:
    sent = [
        send_message(
            sender=sender, conversation_id=conversation.pk, content="Hi", client_id=CLIENT_ID
        )
        for sender in (alice, bob)
    ]

    assert [each.is_repeat for each in sent] == [False, False]


def test_message_is_never_dated_before_the_previous_one(
    bob: User, conversation: Conversation
) -> None:
    ahead = conversation.created_at + timedelta(hours=1)
    Conversation.objects.filter(pk=conversation.pk).update(last_message_at=ahead)

    message = send(bob, conversation).message

    assert message.created_at == ahead


def test_only_accepted_messages_are_counted(
    alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    counter().reset()
    for number in range(29):
        send(bob, conversation, str(number))
    repeated = {"sender": bob, "conversation_id": conversation.pk, "client_id": CLIENT_ID}
    send_message(content="30", **repeated)  # type: ignore[arg-type]  # values of several types

    assert send_message(content="30", **repeated).is_repeat  # type: ignore[arg-type]  # as above
    with pytest.raises(TooFast) as refused:
        send(bob, conversation)
    assert 1 <= refused.value.retry_after <= 60
    assert Message.objects.filter(sender=bob).count() == 30
    send(alice, conversation, "Each has a count of their own")


def test_refused_messages_are_not_counted(
    bob: User, charlie: User, conversation: Conversation
) -> None:
    for _ in range(31):
        with pytest.raises(ServiceError) as refused:
            send(charlie, conversation)
        assert isinstance(refused.value, ConversationNotFound)

    assert send(bob, conversation).message.content == "Hi"


def test_throttled_message_leaves_no_trace(bob: User, conversation: Conversation) -> None:
    write(bob, conversation, *"abc")
    counter().reset()
    for number in range(30):
        send(bob, conversation, str(number))

    with pytest.raises(TooFast):
        send(bob, conversation)

    conversation.refresh_from_db()
    assert (conversation.version, conversation.message_count) == (34, 34)


def test_client_id_belongs_to_one_sender_and_one_conversation(
    alice: User, bob: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    places = [(alice, other), (alice, conversation), (bob, conversation)]

    def send_all() -> list[SentMessage]:
        return [
            send_message(sender=sender, conversation_id=each.pk, content="Hi", client_id=CLIENT_ID)
            for sender, each in places
        ]

    first, again = send_all(), send_all()

    assert [sent.is_repeat for sent in first + again] == [False] * 3 + [True] * 3
    assert [sent.message for sent in again] == [sent.message for sent in first]
