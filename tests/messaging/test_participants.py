"""The participant rows of a conversation, and conversations that lack them."""

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import IntegrityError, transaction

from messaging.models import Conversation, Participant
from messaging.selectors import count_unread, list_conversations
from messaging.services.participants import complete_participants
from messaging.services.reading import mark_read
from messaging.signals import complete_rows
from tests.factories import make_trainee, make_trainer, open_conversation, write
from tests.messaging.crowd import make_crowd
from tests.messaging.parallel import overlapping, run_before_commit
from users.models import User

Row = tuple[int, str, int | None]


def rows_of(conversation: Conversation) -> set[Row]:
    rows = Participant.objects.filter(conversation=conversation)
    return set(rows.values_list("conversation", "side", "user"))


def both(conversation: Conversation, trainer: User | None, trainee: User | None) -> set[Row]:
    people = (("trainer", trainer), ("trainee", trainee))
    return {(conversation.pk, side, user.pk if user else None) for side, user in people}


def test_new_conversation_has_participant_rows(
    alice: User, bob: User, conversation: Conversation
) -> None:
    open_conversation(alice, bob, "Again")

    assert rows_of(conversation) == both(conversation, alice, bob)


def test_row_is_named_after_its_side(conversation: Conversation) -> None:
    names = {str(each) for each in Participant.objects.filter(conversation=conversation)}

    assert names == {
        f"trainer of conversation {conversation.pk}",
        f"trainee of conversation {conversation.pk}",
    }


def test_row_of_a_deleted_account_stays(alice: User, bob: User, conversation: Conversation) -> None:
    bob.delete()

    assert rows_of(conversation) == both(conversation, alice, None)


def test_conversation_without_participant_rows_can_be_used(alice: User, bob: User) -> None:
    """Processes of the previous release still create such conversations."""
    conversation = Conversation.objects.create(trainer=alice, trainee=bob)

    write(alice, conversation, "Hello")

    assert [each.id for each in list_conversations(bob)] == [conversation.pk]
    assert count_unread(bob) == 1
    assert mark_read(reader=bob, conversation_id=conversation.pk).messages_marked == 1


def test_each_migrate_adds_missing_rows(alice: User, bob: User, conversation: Conversation) -> None:
    eve = make_trainee("eve", alice)
    bare = Conversation.objects.create(trainer=alice, trainee=eve)
    half_gone = Conversation.objects.create(trainer=alice)

    call_command("migrate", verbosity=0)

    assert rows_of(conversation) == both(conversation, alice, bob)
    assert rows_of(bare) == both(bare, alice, eve)
    assert rows_of(half_gone) == both(half_gone, alice, None)
    assert complete_participants() == 0


@overlapping
@pytest.mark.django_db(transaction=True)
def test_two_processes_can_add_missing_rows_at_the_same_time(alice: User, bob: User) -> None:
    bare = Conversation.objects.create(trainer=alice, trainee=bob)

    run_before_commit(complete_participants, complete_participants)

    assert rows_of(bare) == both(bare, alice, bob)


def test_migrating_back_before_participants_adds_no_rows(alice: User, bob: User) -> None:
    bare = Conversation.objects.create(trainer=alice, trainee=bob)

    complete_rows(sender=apps.get_app_config("messaging"), apps=Apps())

    assert rows_of(bare) == set()


def test_missing_rows_are_added_in_batches(alice: User) -> None:
    make_crowd(alice, 1100)

    assert complete_participants() == 1100
    assert Participant.objects.count() == 2200


def test_each_side_and_person_has_at_most_one_row(
    alice: User, bob: User, conversation: Conversation
) -> None:
    dora = make_trainer("dora")
    refused = [
        {"user": dora, "side": "trainer"},
        {"user": dora, "side": "coach"},
    ]

    for fields in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            Participant.objects.create(conversation=conversation, **fields)
    Participant.objects.filter(conversation=conversation, side="trainee").delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.create(conversation=conversation, user=alice, side="trainee")
