from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging.models import Conversation, Message
from messaging.selectors import count_unread, get_conversation, list_conversations
from messaging.services.archiving import (
    archive_conversations,
    archive_conversations_for_trainee,
    prepare_account_deletion,
    reopen_conversations,
)
from tests.factories import make_trainee, open_conversation
from tests.failing import failing_at
from tests.messaging.announcements import list_events, list_kinds, to
from tests.messaging.bodies import ids
from trainer.services.trainees import assign_trainee, remove_trainee
from users.models import User

ALL = Conversation.objects.all


def test_archived_conversation_is_visible_to_the_trainer_only(
    alice: User, bob: User, conversation: Conversation
) -> None:
    archived = archive_conversations_for_trainee(trainer=alice, trainee=bob)

    assert archived.conversation_ids == (conversation.pk,)
    assert list(list_conversations(alice)) == []
    assert ids(list_conversations(alice, archived=True)) == [conversation.pk]
    assert list(list_conversations(bob)) == []
    assert list(list_conversations(bob, archived=True)) == []
    assert count_unread(bob) == 0
    assert get_conversation(alice, conversation.pk).version == 2


def test_archiving_closes_both_sides_sockets(
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        archive_conversations_for_trainee(trainer=alice, trainee=bob)

    event = {
        "type": "conversation.archived",
        "conversation_id": conversation.pk,
        "version": 2,
    }
    assert list_events(callbacks) == [(f"user.{alice.pk}", event), (f"user.{bob.pk}", event)]


def test_archiving_twice_is_one_change(
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    archive_conversations(ALL())

    with django_capture_on_commit_callbacks() as callbacks:
        again = archive_conversations(ALL())

    conversation.refresh_from_db()
    assert (again.conversation_ids, callbacks, conversation.version) == ((), [], 2)


def test_archiving_does_not_affect_other_trainees(
    alice: User, bob: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))

    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    assert ids(list_conversations(alice)) == [other.pk]


def test_archiving_leaves_the_conversation_with_another_trainer_alone(
    alice: User, bob: User, dora: User, conversation: Conversation
) -> None:
    other = Conversation.objects.begin(trainer=dora, trainee=bob)

    archived = archive_conversations_for_trainee(trainer=alice, trainee=bob)

    other.refresh_from_db()
    assert archived.conversation_ids == (conversation.pk,)
    assert not other.is_archived


def test_reopening_leaves_active_ones_as_they_are(
    alice: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    archive_conversations(ALL().filter(pk=conversation.pk))

    with django_capture_on_commit_callbacks() as callbacks:
        assert reopen_conversations(ALL()) == 1

    other.refresh_from_db()
    assert other.version == 1
    assert len(callbacks) == 2


def test_reopening_takes_the_next_version_and_is_announced_to_both(
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    archive_conversations(ALL())

    with django_capture_on_commit_callbacks() as callbacks:
        assert reopen_conversations(ALL()) == 1

    conversation.refresh_from_db()
    assert (conversation.is_archived, conversation.version) == (False, 3)
    assert list_kinds(callbacks) == [
        to(alice, "conversation.changed"),
        to(bob, "conversation.changed"),
    ]


def test_reopening_is_refused_if_the_trainee_has_left_the_trainer(
    alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    assert reopen_conversations(ALL()) == 0

    conversation.refresh_from_db()
    assert (conversation.is_archived, conversation.version) == (True, 2)


def test_reopening_is_refused_if_the_trainee_is_deleted(
    bob: User, conversation: Conversation
) -> None:
    archive_conversations(ALL())
    bob.delete()

    assert reopen_conversations(ALL()) == 0


def test_moving_to_another_trainer_archives_the_old_conversation(
    alice: User, bob: User, dora: User, conversation: Conversation
) -> None:
    assign_trainee(trainee=bob, trainer=dora)

    bob.refresh_from_db()
    conversation.refresh_from_db()
    assert (bob.parent_trainer, conversation.is_archived) == (dora, True)


def test_assigning_the_same_trainer_archives_nothing(
    alice: User, bob: User, conversation: Conversation
) -> None:
    assign_trainee(trainee=bob, trainer=alice)

    conversation.refresh_from_db()
    assert (conversation.is_archived, conversation.version) == (False, 1)


CONVERSATION = f'UPDATE "{Conversation._meta.db_table}"'


def test_archiving_or_reopening_that_fails_halfway_changes_nothing(
    alice: User, conversation: Conversation
) -> None:
    open_conversation(alice, make_trainee("eve", alice))
    everything = Conversation.objects.all()

    with failing_at(CONVERSATION, after=CONVERSATION):
        archive_conversations(everything)
    assert everything.filter(is_archived=False).count() == 2

    archive_conversations(everything)
    with failing_at(CONVERSATION, after=CONVERSATION):
        reopen_conversations(everything)
    assert everything.filter(is_archived=True).count() == 2


def test_preparing_a_deletion_that_fails_halfway_changes_no_version(
    alice: User, conversation: Conversation
) -> None:
    with failing_at(f'UPDATE "{Message._meta.db_table}"'):
        prepare_account_deletion(user=alice)

    assert Conversation.objects.get().version == 1
