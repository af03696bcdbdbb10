from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from messaging.exceptions import ConversationNotFound
from messaging.models import Conversation, Message
from messaging.selectors import (
    Slice,
    count_unread,
    get_conversation,
    list_changes,
    list_conversations,
    list_inbox_entries,
    list_messages,
    list_messages_after,
    list_messages_before,
    list_newest_messages,
)
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.reading import mark_read
from tests.factories import make_person, make_trainee, open_conversation, write
from tests.messaging.bodies import ids
from users.models import User


def shown(found: Slice) -> tuple[list[int], bool]:
    return ids(found.messages), found.has_more


@pytest.fixture
def messages(alice: User, conversation: Conversation) -> list[Message]:
    """Five messages of Alice's, oldest first."""
    return [*Message.objects.all(), *write(alice, conversation, "2", "3", "4", "5")]


def test_conversations_are_sorted_by_newest_activity(
    alice: User, bob: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    assert ids(list_conversations(alice)) == [other.pk, conversation.pk]

    write(bob, conversation, "Again")

    assert ids(list_conversations(alice)) == [conversation.pk, other.pk]


def test_conversations_of_the_same_moment_have_a_fixed_order(
    alice: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    Conversation.objects.update(last_message_at=other.last_message_at)

    assert ids(list_conversations(alice)) == [other.pk, conversation.pk]


def test_conversation_has_its_unread_count_and_preview(
    alice: User, bob: User, conversation: Conversation
) -> None:
    write(alice, conversation, "🏋" * 150)
    write(bob, conversation, "Mine")
    write(alice, conversation, "🏋" * 101)

    entry = list_conversations(bob)[0]

    assert entry.unread_count == 3
    assert entry.last_message_preview == "🏋" * 100


def test_conversations_of_others_are_not_listed(
    dora: User, charlie: User, conversation: Conversation
) -> None:
    admin = make_person("root", role=User.Role.ADMIN)

    listed = [list(list_conversations(user)) for user in (dora, charlie, admin)]

    assert listed == [[], [], []]
    assert [len(list_conversations(user)) for user in (dora, charlie, admin)] == [0, 0, 0]
    assert count_unread(admin) == 0


def test_conversation_is_found_by_its_two_people_only(
    alice: User, bob: User, dora: User, charlie: User, conversation: Conversation
) -> None:
    assert get_conversation(alice, conversation.pk) == conversation
    assert get_conversation(bob, conversation.pk) == conversation
    for stranger in (dora, charlie):
        with pytest.raises(ConversationNotFound):
            get_conversation(stranger, conversation.pk)


def test_unread_counts_only_the_other_sides_messages_in_active_conversations(
    alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    eve = make_trainee("eve", alice)
    archived = open_conversation(alice, eve)
    write(eve, archived, "Bye")
    write(bob, conversation, "One", "Two")
    archive_conversations_for_trainee(trainer=alice, trainee=eve)

    assert [count_unread(user) for user in (alice, bob, eve, charlie)] == [2, 1, 0, 0]


def test_messages_are_sorted_newest_first(
    conversation: Conversation, messages: list[Message]
) -> None:
    assert ids(list_messages(conversation)) == ids(messages[::-1])


def test_page_before_an_id_is_newest_first(
    alice: User, conversation: Conversation, messages: list[Message]
) -> None:
    m1, m2, m3, m4, _ = messages

    assert shown(list_messages_before(alice, conversation.pk, m4.pk, 2)) == (ids([m3, m2]), True)
    assert shown(list_messages_before(alice, conversation.pk, m3.pk, 2)) == (ids([m2, m1]), False)
    assert shown(list_messages_before(alice, conversation.pk, m1.pk, 2)) == (ids([]), False)


def test_newest_messages_are_those_of_the_first_page(
    alice: User, conversation: Conversation, messages: list[Message]
) -> None:
    m1, m2, m3, m4, m5 = messages

    assert shown(list_newest_messages(alice, conversation.pk, 3)) == (ids([m5, m4, m3]), True)
    assert shown(list_newest_messages(alice, conversation.pk, 5)) == (
        ids([m5, m4, m3, m2, m1]),
        False,
    )


def test_messages_include_their_conversation_and_its_people(
    alice: User, bob: User, messages: list[Message], django_assert_num_queries: Any
) -> None:
    found = list_newest_messages(bob, messages[0].conversation_id, 20).conversation

    with django_assert_num_queries(0):
        people = [found.trainer, found.trainee]
    assert people == [alice, bob]
    assert (found.version, found.message_count) == (5, 5)


def test_messages_of_others_are_not_found_by_any_key(
    dora: User, charlie: User, conversation: Conversation, messages: list[Message]
) -> None:
    for stranger in (dora, charlie):
        with pytest.raises(ConversationNotFound):
            list_newest_messages(stranger, conversation.pk, 20)
        with pytest.raises(ConversationNotFound):
            list_messages_before(stranger, conversation.pk, messages[-1].pk, 20)
        with pytest.raises(ConversationNotFound):
            list_messages_after(stranger, conversation.pk, 0, 20)
        with pytest.raises(ConversationNotFound):
            list_changes(stranger, conversation.pk, 0, 20)


def test_page_after_an_id_has_the_next_newer_messages_newest_first(
    alice: User, conversation: Conversation, messages: list[Message]
) -> None:
    m1, m2, m3, m4, m5 = messages

    assert shown(list_messages_after(alice, conversation.pk, m1.pk, 2)) == (ids([m3, m2]), True)
    assert shown(list_messages_after(alice, conversation.pk, m3.pk, 2)) == (ids([m5, m4]), False)
    assert shown(list_messages_after(alice, conversation.pk, m5.pk, 2)) == (ids([]), False)


def test_pages_by_key_stay_within_the_conversation(
    alice: User, conversation: Conversation, messages: list[Message]
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    newest = other.last_message_id or 0

    assert ids(list_messages_before(alice, conversation.pk, newest, 100).messages) == ids(
        messages[::-1]
    )
    assert ids(list_messages_after(alice, other.pk, 0, 100).messages) == [other.last_message_id]


def test_pages_before_an_id_neither_repeat_nor_skip_while_messages_arrive(
    alice: User, conversation: Conversation, messages: list[Message]
) -> None:
    first = list_messages_before(alice, conversation.pk, messages[-1].pk, 2)
    write(alice, conversation, "6", "7", "8")

    second = list_messages_before(alice, conversation.pk, first.messages[-1].id, 2)

    assert ids(first.messages + second.messages) == ids(messages[:4][::-1])


def test_changes_are_new_and_read_messages_oldest_change_first(
    alice: User, bob: User, conversation: Conversation, messages: list[Message]
) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk, up_to=messages[1].pk)

    changes = list_changes(alice, conversation.pk, 3, 100)

    assert ids(changes.messages) == [messages[index].pk for index in (3, 4, 0, 1)]
    assert [each.version for each in changes.messages] == [4, 5, 6, 6]


def test_changes_of_one_version_are_paged(
    alice: User, bob: User, conversation: Conversation, messages: list[Message]
) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)
    m1, m2, m3, m4, m5 = messages

    first = list_changes(alice, conversation.pk, 0, 2)
    second = list_changes(alice, conversation.pk, 6, 2, since_id=m2.pk)
    third = list_changes(alice, conversation.pk, 6, 2, since_id=m4.pk)

    assert shown(first) == (ids([m1, m2]), True)
    assert shown(second) == (ids([m3, m4]), True)
    assert shown(third) == (ids([m5]), False)


def test_rest_of_a_version_contains_no_older_change(
    bob: User, conversation: Conversation, messages: list[Message]
) -> None:
    write(bob, conversation, "Bob's, which his own reading does not change")
    mark_read(reader=bob, conversation_id=conversation.pk)

    rest = list_changes(bob, conversation.pk, 7, 10, since_id=messages[2].pk)

    assert shown(rest) == ([each.pk for each in messages[3:]], False)


def test_no_changes_after_the_newest_version(
    alice: User, conversation: Conversation, messages: list[Message]
) -> None:
    assert shown(list_changes(alice, conversation.pk, 5, 100)) == ([], False)
    assert shown(list_changes(alice, conversation.pk, 2**31 - 1, 100)) == (ids([]), False)


def test_order_follows_ids_and_not_clocks(
    conversation: Conversation, messages: list[Message]
) -> None:
    early = messages[0].created_at - timedelta(days=1)
    Message.objects.filter(pk=messages[-1].pk).update(created_at=early)

    assert ids(list_messages(conversation)) == ids(messages[::-1])


def test_no_changes_take_two_statements(
    alice: User, conversation: Conversation, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        list_changes(alice, conversation.pk, conversation.version, 20)


def test_change_between_the_two_statements_comes_with_its_version(
    alice: User, bob: User, conversation: Conversation
) -> None:
    written: list[Message] = []

    def write_after_the_first(execute: Any, *statement: Any) -> Any:
        result = execute(*statement)
        if not written:
            written.append(Message())
            written[:] = write(bob, conversation, "Meanwhile")
        return result

    with connection.execute_wrapper(write_after_the_first):
        found = list_changes(alice, conversation.pk, 1, 20)

    assert found.conversation.version == 2
    assert ids(found.messages) == ids(written)


def test_inbox_entries_of_no_conversation_take_no_statement(
    alice: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert list_inbox_entries(alice, []) == []


def test_inbox_entry_of_an_archived_conversation_tells_the_trainee_no_more(
    alice: User, bob: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    write(bob, conversation, "Bye")
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    def told(user: User) -> list[tuple[int, bool, int, str | None]]:
        entries = list_inbox_entries(user, [other.pk, conversation.pk])
        return [(e.id, e.is_archived, e.unread_count, e.last_message_preview) for e in entries]

    assert told(alice) == [(other.pk, False, 0, "Hello"), (conversation.pk, True, 0, "Bye")]
    assert told(bob) == [(conversation.pk, True, 0, None)]


def test_people_of_one_name_are_told_apart(
    alice: User, bob: User, conversation: Conversation
) -> None:
    User.objects.update(first_name="Sam")

    found = list_newest_messages(bob, conversation.pk, 20).conversation

    assert [found.trainer, found.trainee] == [alice, bob]
