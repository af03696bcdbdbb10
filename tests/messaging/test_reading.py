import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging.exceptions import ConversationNotFound, MessageNotFound
from messaging.models import Conversation, Message
from messaging.selectors import count_unread
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.reading import mark_read
from tests.factories import impersonate, make_trainee, open_conversation, write
from tests.failing import failing_at
from tests.messaging.announcements import list_events
from tests.messaging.bodies import moment
from users.exceptions import ImpersonationReadOnly
from users.models import User
from users.selectors import get_user_by_claims
from users.tokens import read_access_token


def version_of(conversation: Conversation) -> int:
    return Conversation.objects.get(pk=conversation.pk).version


def test_read_marks_the_other_sides_messages_in_one_change(
    alice: User, bob: User, conversation: Conversation
) -> None:
    own = write(bob, conversation, "Mine")[0]
    write(alice, conversation, "Second")

    mark = mark_read(reader=bob, conversation_id=conversation.pk)

    hers = Message.objects.filter(sender=alice)
    own.refresh_from_db()
    assert (mark.conversation_id, mark.messages_marked) == (conversation.pk, 2)
    assert set(hers.values_list("read_at", "version", "read_version")) == {(mark.read_at, 4, 4)}
    assert (own.read_at, own.version) == (None, 2)
    assert version_of(conversation) == 4


def test_read_that_fails_halfway_marks_nothing(bob: User, conversation: Conversation) -> None:
    with failing_at("UPDATE messaging_conversation"):
        mark_read(reader=bob, conversation_id=conversation.pk)

    assert Message.objects.unread().count() == 1


def test_read_up_to_leaves_newer_messages_unread(
    alice: User, bob: User, conversation: Conversation
) -> None:
    second, third = write(alice, conversation, "Second", "Third")

    mark = mark_read(reader=bob, conversation_id=conversation.pk, up_to=second.pk)

    assert mark.messages_marked == 2
    assert list(Message.objects.unread()) == [third]


def test_read_up_to_an_own_message_marks_earlier_ones(
    bob: User, conversation: Conversation
) -> None:
    own = write(bob, conversation, "Mine")[0]

    mark = mark_read(reader=bob, conversation_id=conversation.pk, up_to=own.pk)

    assert mark.messages_marked == 1
    assert list(Message.objects.unread()) == [own]


def test_read_keeps_the_time_of_an_earlier_read(
    alice: User, bob: User, conversation: Conversation
) -> None:
    first = mark_read(reader=bob, conversation_id=conversation.pk)
    write(alice, conversation, "Second")

    mark_read(reader=bob, conversation_id=conversation.pk)

    message = Message.objects.get(content="Hello")
    assert (message.read_at, message.version) == (first.read_at, 2)


def test_read_announces_a_different_frame_to_each_side(
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        mark = mark_read(reader=bob, conversation_id=conversation.pk)

    told = {"read_at": moment(mark.read_at), "up_to": conversation.last_message_id, "version": 2}
    frames = {group: event["frame"] for group, event in list_events(callbacks)}
    assert frames == {
        f"user.{alice.pk}": _json(type="read_receipt", reader_id=bob.pk, **told),
        f"user.{bob.pk}": _json(type="conversation_read", **told),
    }


def _json(**frame: object) -> str:
    pairs = (
        f'"{key}":{value}' if isinstance(value, int) else f'"{key}":"{value}"'
        for key, value in frame.items()
    )
    return "{" + ",".join(pairs) + "}"


def test_read_with_nothing_to_mark_changes_and_announces_nothing(
    alice: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        mark = mark_read(reader=alice, conversation_id=conversation.pk)

    assert (mark.messages_marked, callbacks) == (0, [])
    assert version_of(conversation) == 1


def test_read_twice_marks_once(bob: User, conversation: Conversation) -> None:
    marks = [mark_read(reader=bob, conversation_id=conversation.pk) for _ in range(2)]

    assert [each.messages_marked for each in marks] == [1, 0]
    assert version_of(conversation) == 2


def test_read_up_to_a_foreign_message_is_not_found(
    alice: User, bob: User, conversation: Conversation
) -> None:
    elsewhere = open_conversation(alice, make_trainee("eve", alice))

    with pytest.raises(MessageNotFound):
        mark_read(reader=bob, conversation_id=conversation.pk, up_to=elsewhere.last_message_id)

    assert count_unread(bob) == 1


@pytest.mark.parametrize("up_to", [0, -1, 2**63 - 1])
def test_read_up_to_unknown_message_is_not_found(
    bob: User, conversation: Conversation, up_to: int
) -> None:
    with pytest.raises(MessageNotFound):
        mark_read(reader=bob, conversation_id=conversation.pk, up_to=up_to)


def test_read_by_stranger_is_not_found(charlie: User, conversation: Conversation) -> None:
    with pytest.raises(ConversationNotFound):
        mark_read(reader=charlie, conversation_id=conversation.pk)


def test_read_of_archived_conversation_is_its_trainers_only(
    alice: User, bob: User, conversation: Conversation
) -> None:
    write(bob, conversation, "Bye")
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    assert mark_read(reader=alice, conversation_id=conversation.pk).messages_marked == 1
    with pytest.raises(ConversationNotFound):
        mark_read(reader=bob, conversation_id=conversation.pk)


def test_read_while_impersonating_marks_nothing(
    alice: User, bob: User, conversation: Conversation
) -> None:
    _, tokens = impersonate(bob, by=alice)
    viewer = get_user_by_claims(read_access_token(tokens.access))

    with pytest.raises(ImpersonationReadOnly):
        mark_read(reader=viewer, conversation_id=conversation.pk)

    assert count_unread(bob) == 1


def test_messages_of_deleted_person_can_be_read(
    alice: User, bob: User, conversation: Conversation
) -> None:
    alice.delete()

    assert mark_read(reader=bob, conversation_id=conversation.pk).messages_marked == 1
    assert count_unread(bob) == 0
