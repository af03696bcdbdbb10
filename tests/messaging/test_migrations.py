"""Migrations of old rows, and of rows that processes of the previous release still write."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from messaging import frames
from messaging.models import Conversation, Message, Participant
from messaging.search.selectors import search_messages
from messaging.selectors import get_replay
from messaging.services.archiving import prepare_account_deletion
from tests.messaging.edits import edit_message
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> Any:
    """Migrate `messaging` forward or back to a migration, and return its models."""
    executor = MigrationExecutor(connection)
    executor.migrate([("messaging", name)])
    return executor.loader.project_state([("messaging", name)]).apps


def migrate_to_latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def restored(transactional_db: None) -> Iterator[None]:
    """Migrate to the latest migration after the test."""
    yield
    migrate_to_latest()


@pytest.fixture
def before(restored: None, alice: User, bob: User) -> Any:
    """The models of the first release, whose tables are empty."""
    return migrate("0001_conversations_and_messages")


def add_conversation(apps: Any, alice: User | None, bob: User | None, **fields: Any) -> Any:
    people = {"trainer_id": alice and alice.pk, "trainee_id": bob and bob.pk}
    return apps.get_model("messaging", "Conversation").objects.create(**people, **fields)


def add_message(
    conversation: Any, sender: User | None, written: int, version: int, read: int | None = None
) -> int:
    """Insert a message as the first release would, and return its id."""
    message = conversation.messages.create(
        sender_id=sender and sender.pk,
        content=f"Message {written}",
        version=version,
        created_version=written,
        read_version=read,
        read_at=timezone.now() if read else None,
    )
    return int(message.pk)


def test_old_messages_get_the_version_of_their_last_change_of_content(
    before: Any, alice: User
) -> None:
    conversation = add_conversation(before, alice, None, version=6)
    unread = add_message(conversation, alice, 1, version=1)
    read = add_message(conversation, alice, 2, version=4, read=4)
    removed = add_message(conversation, None, 3, version=5)
    removed_after_reading = add_message(conversation, None, 6, version=8, read=7)
    read_after_removal = add_message(conversation, None, 9, version=10, read=10)

    migrate("0003_content_versions_of_old_messages")

    assert dict(Message.objects.values_list("pk", "content_version")) == {
        unread: 1,
        read: 2,
        removed: 5,
        removed_after_reading: 8,
        read_after_removal: 10,
    }
    migrate("0001_conversations_and_messages")


def test_old_messages_of_several_batches_are_all_filled(before: Any, alice: User) -> None:
    old = before.get_model("messaging", "Message")
    conversation = add_conversation(before, alice, None, version=2500)
    old.objects.bulk_create(
        old(conversation=conversation, content="Hi", version=n, created_version=n)
        for n in range(1, 2501)
    )

    migrate("0003_content_versions_of_old_messages")

    assert not Message.objects.filter(content_version=None).exists()


def test_replay_is_right_while_a_process_of_the_previous_release_writes(
    before: Any, alice: User, bob: User
) -> None:
    migrate("0003_content_versions_of_old_messages")
    conversation = add_conversation(before, alice, bob, version=4)
    edited = add_message(conversation, alice, 1, version=1)
    add_message(conversation, bob, 2, version=4, read=4)
    add_message(conversation, None, 3, version=3)
    migrate_to_latest()

    edit_message(edited, "Edited")

    shown = [
        json.loads(each) for each in frames.replay(get_replay(bob, conversation.pk, 3), bob.pk)
    ]
    assert [each.get("message", each)["version"] for each in shown] == [4, 5]
    assert (shown[-1]["type"], shown[-1]["content"]) == ("message_edited", "Edited")
    prepare_account_deletion(user=alice)
    assert Message.objects.get(pk=edited).content_version == 6


def test_old_archives_get_the_names_of_both_people(
    restored: None, alice: User, bob: User, charlie: User
) -> None:
    apps = migrate("0011_names_of_former_partners")
    archived = add_conversation(apps, alice, bob, is_archived=True)
    add_conversation(apps, alice, charlie)
    add_conversation(apps, None, charlie, is_archived=True)

    migrate("0012_names_in_old_archives")

    named = Conversation.objects.filter(last_known__isnull=False)
    assert dict(named.values_list("pk", "last_known")) == {
        archived.pk: {
            "trainer": {
                "first_name": "Alice",
                "last_name": "Tester",
                "email": "alice@example.com",
            },
            "trainee": {"first_name": "Bob", "last_name": "Tester", "email": "bob@example.com"},
        }
    }
    migrate("0010_readings_by_staff")


def test_step_back_completes_the_rows_that_there_are(
    restored: None, alice: User, bob: User
) -> None:
    Conversation.objects.create(trainer=alice, trainee=bob, is_archived=True)

    call_command("migrate", "messaging", "0010_readings_by_staff", verbosity=0)

    assert sorted(Participant.objects.values_list("side", flat=True)) == ["trainee", "trainer"]


def test_step_back_gives_a_text_to_messages_without_one(
    restored: None, conversation: Conversation, bob: User
) -> None:
    photo = add_row(conversation, bob, 2, content="", extras=1)
    deleted = add_row(conversation, bob, 3, content="", removed_at=timezone.now())

    call_command("migrate", "messaging", "0012_names_in_old_archives", verbosity=0)
    call_command("migrate", "messaging", verbosity=0)

    texts = dict(Message.objects.values_list("pk", "content"))
    assert (texts[photo], texts[deleted]) == ("Sent a photo", "This message was deleted")


def test_old_messages_are_found_after_the_migration(restored: None, alice: User, bob: User) -> None:
    apps = migrate("0017_texts_for_the_previous_release")
    conversation = add_conversation(apps, alice, bob)
    old = [add_message(conversation, alice, number, version=number) for number in (1, 2)]
    Message.objects.filter(pk=old[0]).update(removed_at=timezone.now())

    migrate_to_latest()

    assert [each.pk for each in search_messages(bob, "message").messages] == [old[1]]
    migrate("0017_texts_for_the_previous_release")
    add_message(conversation, alice, 3, version=3)
    call_command("migrate", "messaging", verbosity=0)
    assert search_messages(bob, "message").count == 2


def add_row(conversation: Conversation, sender: User, version: int, **fields: Any) -> int:
    own = {"version": version, "created_version": version, "content_version": version}
    added = Message.objects.create(conversation=conversation, sender=sender, **own, **fields)
    return added.pk
