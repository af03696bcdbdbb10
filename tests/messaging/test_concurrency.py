"""
Concurrent writes in threads that commit.

On PostgreSQL, they test the row locks. On SQLite, the results must be the same as on PostgreSQL.

In the original code, `last_message_at` was older than the newest message in 40 of 60 rounds with eight
parallel senders, and several parallel requests to start the same conversation returned
`is_new_conversation: true`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from api.throttling import counter
from messaging.exceptions import ConversationArchived, ConversationNotFound
from messaging.models import Conversation, Message
from messaging.selectors import count_unread
from messaging.services.archiving import (
    archive_conversations,
    archive_conversations_for_trainee,
    prepare_account_deletion,
    reopen_conversations,
)
from messaging.services.reading import MarkReadResult, mark_read
from messaging.services.sending import send_message, start_conversation
from tests.messaging.parallel import overlapping, run_at_once, run_before_commit
from trainer.services.trainees import remove_trainee
from users.exceptions import TraineeNotFound
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[[], Any]

CLIENT_ID = UUID("11111111-2222-4333-8444-555555555555")


def assert_consistent(conversation: Conversation) -> None:
    """Check that the row of a conversation agrees with the conversation's messages."""
    conversation.refresh_from_db()
    newest = conversation.messages.latest("pk")
    assert conversation.last_message == newest
    assert conversation.last_message_at == newest.created_at
    assert conversation.message_count == conversation.messages.count()
    times = list(conversation.messages.order_by("pk").values_list("created_at", flat=True))
    assert times == sorted(times)


def test_eight_parallel_senders_leave_no_gap_in_the_versions(
    alice: User, bob: User, conversation: Conversation
) -> None:
    send = partial(send_message, conversation_id=conversation.pk)
    senders = [partial(send, sender=(alice, bob)[n % 2], content=str(n)) for n in range(8)]

    for round_number in range(3):
        sent, refused = run_at_once(senders)
        versions = sorted(each.message.version for each in sent)
        first = 2 + round_number * 8
        assert (versions, refused) == (list(range(first, first + 8)), [])
        assert_consistent(conversation)

    ordered = Message.objects.order_by("pk").values_list("version", flat=True)
    assert list(ordered) == list(range(1, 26))


@pytest.mark.parametrize("size", [2, 8])
def test_parallel_first_messages_make_one_new_conversation(
    alice: User, bob: User, size: int
) -> None:
    start = partial(start_conversation, trainer=alice, trainee_id=bob.pk)

    started, refused = run_at_once([partial(start, content=str(n)) for n in range(size)])

    conversation = Conversation.objects.get()
    assert refused == []
    assert {each.conversation_id for each in started} == {conversation.pk}
    assert [each.is_new_conversation for each in started].count(True) == 1
    assert sorted(each.message.version for each in started) == list(range(1, size + 1))
    assert_consistent(conversation)


def test_same_client_id_from_eight_threads_is_one_message(
    bob: User, conversation: Conversation
) -> None:
    send = partial(
        send_message,
        sender=bob,
        conversation_id=conversation.pk,
        content="Hi",
        client_id=CLIENT_ID,
    )

    sent, refused = run_at_once([send] * 8)

    assert refused == []
    assert len({each.message.pk for each in sent}) == 1
    assert [each.is_repeat for each in sent].count(False) == 1
    assert Message.objects.filter(sender=bob).count() == 1


def test_same_client_id_to_a_new_trainee_is_one_message(alice: User, bob: User) -> None:
    start = partial(
        start_conversation, trainer=alice, trainee_id=bob.pk, content="Hi", client_id=CLIENT_ID
    )

    started, refused = run_at_once([start] * 8)

    assert refused == []
    assert [each.is_new_conversation for each in started].count(True) == 1
    assert Message.objects.count() == 1


def test_send_racing_with_removal_never_lands_in_an_archived_conversation(
    alice: User, bob: User, conversation: Conversation
) -> None:
    for _ in range(5):
        counter().reset()
        User.objects.filter(pk=bob.pk).update(parent_trainer=alice)
        Conversation.objects.update(is_archived=False)
        send = partial(send_message, conversation_id=conversation.pk, content="Hi")
        calls: list[Call] = [partial(send, sender=each) for each in (alice, bob, alice, bob)]
        before = Conversation.objects.get().version

        calls.insert(2, partial(remove_trainee, trainer=alice, trainee_id=bob.pk))
        _, refused = run_at_once(calls)

        conversation.refresh_from_db()
        sent = 4 - len(refused)
        assert conversation.is_archived
        assert conversation.version == before + sent + 1
        assert {type(each) for each in refused} <= {ConversationArchived, ConversationNotFound}
        # The archival took the last version, so no message was stored after the archival.
        assert not Message.objects.filter(version__gte=conversation.version).exists()


def test_start_racing_with_removal_ends_archived_or_refused(
    alice: User, bob: User, conversation: Conversation
) -> None:
    start = partial(start_conversation, trainer=alice, trainee_id=bob.pk, content="Hi")
    remove = partial(remove_trainee, trainer=alice, trainee_id=bob.pk)

    calls: list[Call] = [start, remove, start, start]
    _, refused = run_at_once(calls)

    conversation.refresh_from_db()
    assert conversation.is_archived
    assert {type(each) for each in refused} <= {TraineeNotFound}


def test_parallel_reads_mark_each_message_once(
    alice: User, bob: User, conversation: Conversation
) -> None:
    for text in "2345":
        send_message(sender=alice, conversation_id=conversation.pk, content=text)

    marks, _ = run_at_once([partial(mark_read, reader=bob, conversation_id=conversation.pk)] * 8)

    conversation.refresh_from_db()
    assert sorted(each.messages_marked for each in marks) == [0] * 7 + [5]
    assert conversation.version == 6


@overlapping
def test_read_of_all_includes_messages_stored_while_it_waited(
    alice: User, bob: User, conversation: Conversation
) -> None:
    read = partial(mark_read, reader=bob, conversation_id=conversation.pk)
    send = partial(send_message, sender=alice, conversation_id=conversation.pk, content="Second")

    mark = run_before_commit(send, read)

    conversation.refresh_from_db()
    assert isinstance(mark, MarkReadResult)
    assert (mark.messages_marked, count_unread(bob), conversation.version) == (2, 0, 3)


@overlapping
def test_read_up_to_a_message_takes_the_version_after_a_message_stored_while_it_waited(
    alice: User, bob: User, conversation: Conversation
) -> None:
    first = conversation.messages.get()
    read = partial(mark_read, reader=bob, conversation_id=conversation.pk, up_to=first.pk)
    send = partial(send_message, sender=alice, conversation_id=conversation.pk, content="Second")

    run_before_commit(send, read)

    first.refresh_from_db()
    conversation.refresh_from_db()
    assert (first.version, conversation.version) == (3, 3)


def test_concurrent_changes_take_one_version_each(
    alice: User, bob: User, conversation: Conversation
) -> None:
    send = partial(send_message, conversation_id=conversation.pk, content="Hi")
    read = partial(mark_read, conversation_id=conversation.pk)
    sending: list[Call] = [partial(send, sender=alice), partial(send, sender=bob)] * 3
    marking: list[Call] = [partial(read, reader=alice), partial(read, reader=bob)]

    outcomes, refused = run_at_once([*sending, *marking])

    changes = sum(getattr(each, "messages_marked", 1) > 0 for each in outcomes)
    conversation.refresh_from_db()
    assert refused == []
    assert conversation.version == 1 + changes


@pytest.mark.parametrize("sender", ["alice", "bob"])
def test_deletion_racing_with_sends_loses_no_message(
    alice: User, bob: User, conversation: Conversation, sender: str
) -> None:
    person = {"alice": alice, "bob": User.objects.get(pk=bob.pk)}[sender]
    send = partial(send_message, sender=person, conversation_id=conversation.pk, content="Hi")

    calls: list[Call] = [send, send, bob.delete, send, send]
    outcomes, refused = run_at_once(calls)

    conversation.refresh_from_db()
    sent = len(outcomes) - 1
    assert len(refused) == 4 - sent
    assert conversation.trainee_id is None
    assert (conversation.version, conversation.message_count) == (sent + 2, sent + 1)


@overlapping
def test_deletion_waits_for_the_persons_own_send(bob: User, conversation: Conversation) -> None:
    person = User.objects.get(pk=bob.pk)
    send = partial(send_message, sender=person, conversation_id=conversation.pk, content="Hi")

    run_before_commit(send, bob.delete)

    kept = Message.objects.latest("pk")
    conversation.refresh_from_db()
    assert (kept.content, kept.sender, kept.version) == ("Hi", None, 3)
    assert (conversation.trainee, conversation.version) == (None, 3)


@overlapping
def test_deletion_of_a_trainer_locks_trainees_before_conversations(
    alice: User, bob: User, conversation: Conversation
) -> None:
    person = User.objects.get(pk=alice.pk)
    prepare = partial(prepare_account_deletion, user=person)
    remove = partial(remove_trainee, trainer=alice, trainee_id=bob.pk)

    outcome = run_before_commit(prepare, remove, then=person.delete)

    bob.refresh_from_db()
    conversation.refresh_from_db()
    assert isinstance(outcome, TraineeNotFound)
    assert (bob.parent_trainer, conversation.trainer) == (None, None)


@overlapping
def test_reopening_after_a_removal_leaves_it_archived(
    alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations(Conversation.objects.all())
    remove = partial(remove_trainee, trainer=alice, trainee_id=bob.pk)

    reopened = run_before_commit(remove, partial(reopen_conversations, Conversation.objects.all()))

    conversation.refresh_from_db()
    assert (reopened, conversation.is_archived) == (0, True)


@overlapping
def test_removal_after_a_reopening_archives_again(
    alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations(Conversation.objects.all())
    remove = partial(remove_trainee, trainer=alice, trainee_id=bob.pk)

    run_before_commit(partial(reopen_conversations, Conversation.objects.all()), remove)

    conversation.refresh_from_db()
    assert (conversation.is_archived, conversation.version) == (True, 4)


def test_archiving_from_two_sides_archives_once(
    alice: User, bob: User, conversation: Conversation
) -> None:
    archive = partial(archive_conversations_for_trainee, trainer=alice, trainee=bob)

    archived, _ = run_at_once([archive] * 8)

    conversation.refresh_from_db()
    assert sum(len(each.conversation_ids) for each in archived) == 1
    assert conversation.version == 2
