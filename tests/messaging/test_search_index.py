"""The search index: what keeps it up, and how it is read."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from messaging.jobs import index
from messaging.models import Conversation, Message, SearchEntry, SearchPending
from messaging.search import indexing, postgresql, sqlite
from messaging.search.grams import ERA_BITS, grams_of, number_grams
from messaging.search.indexing import index_messages
from messaging.search.selectors import search_messages
from messaging.search.triggers import SQLITE_DROP
from messaging.services.joining import open_joined_conversation
from tests.factories import write
from tests.messaging.crowd import make_crowd
from tests.messaging.edits import edit_message
from tests.messaging.parallel import overlapping, run_before_commit
from users.models import User

NUMBERS = [-2103219133, -2118654607, -2037191957, -2047683665, -2100689050]


def add(conversation: Conversation, content: str, message_id: int, **fields: Any) -> Message:
    """Insert a message with this id as the previous release does."""
    return Message.objects.create(
        id=message_id,
        conversation=conversation,
        sender=conversation.trainer,
        content=content,
        version=message_id,
        created_version=message_id,
        **fields,
    )


def counts() -> tuple[int, int]:
    """Return the number of pending and of indexed messages."""
    return SearchPending.objects.count(), SearchEntry.objects.count()


def find(conversations: list[Conversation], words: list[str], limit: int) -> list[int]:
    search = postgresql.find if connection.vendor == "postgresql" else sqlite.find
    return search([each.pk for each in conversations], words, limit)


def test_job_pauses_nine_times_as_long_as_each_batch_takes(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        add(conversation, "An old message", 50 + number)
    # Each batch of two takes half a second, except the last one.
    clock, pauses = iter([0, 0.5, 5, 5.5, 10]), list[float]()
    monkeypatch.setattr(indexing, "BATCH", 2)
    time = SimpleNamespace(monotonic=lambda: next(clock), sleep=pauses.append)
    monkeypatch.setattr(indexing, "time", time)

    has_more = index_messages(seconds=20, share=0.1)

    assert (pauses, has_more, counts()) == ([4.5, 4.5], False, (0, 5))


def test_job_never_pauses_beyond_its_time(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(conversation, "An old message", 50)
    clock, pauses = iter([0, 7, 20, 20.5]), list[float]()
    monkeypatch.setattr(indexing, "BATCH", 1)
    time = SimpleNamespace(monotonic=lambda: next(clock), sleep=pauses.append)
    monkeypatch.setattr(indexing, "time", time)

    has_more = index_messages(seconds=20, share=0.1)

    assert (pauses, has_more, counts()) == ([13], True, (0, 2))


def test_messages_are_pending_until_the_job_has_run(
    alice: User, conversation: Conversation
) -> None:
    add(conversation, "By the previous release", 50)
    assert counts() == (2, 0)

    index()

    assert counts() == (0, 2)
    assert search_messages(alice, "previous").count == 1


def test_indexing_ends_when_its_time_is_over(alice: User) -> None:
    make_crowd(alice, 1, messages=250)

    assert index_messages(seconds=0)

    assert counts() == (50, 200)
    call_command("index_messages")
    assert counts() == (0, 250)


def test_command_says_what_is_left(alice: User, monkeypatch: Any, capsys: Any) -> None:
    make_crowd(alice, 1, messages=250)
    monkeypatch.setattr("messaging.management.commands.index_messages.SECONDS", 0)

    call_command("index_messages")

    assert capsys.readouterr().out == "50 messages left\n"


def test_change_of_a_message_leaves_nothing_of_its_text(conversation: Conversation) -> None:
    message = Message.objects.get()
    index_messages(seconds=1)

    Message.objects.update(read_at=timezone.now(), read_version=2)
    assert counts() == (0, 1)
    Message.objects.update(content="Changed by hand")
    assert counts() == (1, 0)
    index_messages(seconds=1)
    assert counts() == (0, 1)
    Message.objects.update(content="", removed_at=timezone.now())
    assert counts() == (0, 0)
    Conversation.objects.update(last_message=None)
    for is_indexed in (False, True):
        add(conversation, "Deleted by hand", 60)
        if is_indexed:
            index_messages(seconds=1)
        Message.objects.filter(pk=60).delete()
        assert counts() == (0, 0)
    assert message.content == "Hello"


def test_message_without_a_text_is_not_noted(conversation: Conversation) -> None:
    index_messages(seconds=1)

    add(conversation, "", 50, extras=1)
    add(conversation, "", 51, removed_at=timezone.now())

    assert counts() == (0, 1)


def test_line_that_nobody_wrote_is_not_found(alice: User, bob: User) -> None:
    open_joined_conversation(trainer=alice, trainee=bob)

    for _ in range(2):
        assert search_messages(alice, "joined").count == 0
        index_messages(seconds=1)
    assert counts() == (0, 0)


def test_older_eras_are_searched_after_newer_ones(alice: User, conversation: Conversation) -> None:
    era = 2**ERA_BITS
    ids = [era * number + 7 for number in (0, 1, 2, 4)]
    for each in ids:
        add(conversation, "A rare word", each)
    index_messages(seconds=1)

    assert find([conversation], ["rare", "word"], 10) == ids[::-1]
    assert find([conversation], ["rare"], 2) == ids[:1:-1]
    assert find([conversation], ["rare"], 3) == ids[:0:-1]
    assert find([conversation], ["are"], 10) == ids[::-1]


def test_common_word_is_found_in_the_newest_messages(conversation: Conversation) -> None:
    ids = [100, 60_000, 64_000]
    for each in ids:
        add(conversation, "A common word", each)
    index_messages(seconds=1)

    assert find([conversation], ["common"], 1) == [64_000]
    assert find([conversation], ["common"], 2) == [64_000, 60_000]
    assert find([conversation], ["common"], 3) == [64_000, 60_000, 100]


def test_empty_index_finds_nothing(conversation: Conversation) -> None:
    assert find([conversation], ["hello"], 10) == []
    assert find([conversation], ["h"], 10) == []


def test_grams_belong_to_a_conversation_and_an_era() -> None:
    """The numbers are stored, so they must stay the same in each release."""
    grams = sorted(grams_of("leg day 🎉"))

    assert grams == ["ay", "da", "eg", "le", "🎉"]
    assert number_grams(grams, 1, 0) == NUMBERS
    assert number_grams(grams, 1, 32) == NUMBERS
    assert number_grams(grams, 1, 1) == [each + 2**27 for each in NUMBERS]
    assert not set(number_grams(grams, 2, 0)) & set(NUMBERS)
    assert all(-(2**31) <= each < 2**31 for each in number_grams(grams, 2**63 - 1, 31))


@overlapping
@pytest.mark.django_db(transaction=True)
def test_edit_during_indexing_is_noted_again(alice: User, conversation: Conversation) -> None:
    (message,) = write(alice, conversation, "Before")

    run_before_commit(lambda: index_messages(seconds=0), lambda: edit_message(message.pk, "After"))

    assert [each.message_id for each in SearchPending.objects.all()] == [message.pk]
    assert search_messages(alice, "before").count == 0
    assert search_messages(alice, "after").count == 1


@overlapping
@pytest.mark.django_db(transaction=True)
def test_removal_during_indexing_leaves_no_text(alice: User, conversation: Conversation) -> None:
    message = Message.objects.get()
    removed = Message.objects.filter(pk=message.pk)

    run_before_commit(
        lambda: index_messages(seconds=0),
        lambda: removed.update(content="", removed_at=timezone.now()),
    )

    assert counts() == (0, 0)


@overlapping
@pytest.mark.django_db(transaction=True)
def test_indexing_leaves_a_message_that_is_being_edited(
    alice: User, conversation: Conversation
) -> None:
    message = Message.objects.get()

    run_before_commit(lambda: edit_message(message.pk, "After"), lambda: index_messages(seconds=0))

    assert counts() == (1, 0)
    assert search_messages(alice, "after").count == 1


def test_migrations_restore_the_triggers_that_sqlite_drops(conversation: Conversation) -> None:
    with connection.cursor() as cursor:
        for statement in SQLITE_DROP if connection.vendor == "sqlite" else ():
            cursor.execute(statement)

    call_command("migrate", "messaging", verbosity=0)

    add(conversation, "After the migration", 50)
    assert SearchPending.objects.filter(pk=50).exists()
