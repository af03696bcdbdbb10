"""DELETE of a message: what it contained is gone for both people, and its place stays."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging import frames, selectors
from messaging.models import Conversation, Message, MessageRevision, Reaction
from messaging.services.deleting import delete_message, prune_deleted_texts
from messaging.services.editing import edit_message
from messaging.services.erasing import erase_from_conversations
from messaging.services.reacting import add_reaction
from messaging.services.reading import mark_read
from messaging.services.sending import send_message
from tests.admin.conftest import browser_of, make_staff
from tests.conftest import Client
from tests.factories import write
from tests.messaging.announcements import list_events
from tests.messaging.bodies import message_body
from tests.messaging.parallel import run_at_once
from users.models import User

LIST = "/api/messaging/conversations/"
GONE = "This message was deleted"
SECRET = "Sent to the wrong person"


def url(message: Message) -> str:
    return f"{LIST}{message.conversation_id}/messages/{message.pk}/"


def delete(message: Message, by: User) -> None:
    delete_message(by=by, conversation_id=message.conversation_id, message_id=message.pk)


@pytest.fixture
def secret(bob: User, alice: User, conversation: Conversation) -> Message:
    """Bob's message at version 2, edited at 3, with a reaction at 4."""
    message = write(bob, conversation, f"{SECRET} once")[0]
    edit_message(editor=bob, conversation_id=conversation.pk, message_id=message.pk, content=SECRET)
    add_reaction(by=alice, conversation_id=conversation.pk, message_id=message.pk, emoji="👍")
    message.refresh_from_db()
    return message


def list_texts() -> list[str]:
    """Return every text in the tables of messages and jobs, and of the admin's log."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of the database
            texts += [str(value) for row in cursor.fetchall() for value in row]
    return texts


def test_deletion_leaves_the_place_of_the_message(
    api: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    secret: Message,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = api.as_user(alice).get(f"{LIST}{conversation.pk}/messages/").json()["results"][0]

    with django_capture_on_commit_callbacks() as callbacks:
        deleted = api.as_user(bob).delete(url(secret))

    assert (deleted.status_code, deleted.content) == (204, b"")
    for reader in (alice, bob):
        page = api.as_user(reader).get(f"{LIST}{conversation.pk}/messages/").json()["results"]
        assert page[0] == {
            **before,
            "content": "",
            "version": 5,
            "edited_at": None,
            "is_deleted": True,
            "reactions": [],
        }
        (listed,) = api.get(LIST).json()["results"]
        shown = ("last_message_preview", "last_message_kind", "unread_count", "version")
        assert [listed[name] for name in shown][:2] == [GONE, "deleted"]
        assert (listed["version"], listed["deleted_version"]) == (5, 5)
    frame = {"type": "message_deleted", "message_id": secret.pk, "version": 5}
    told = [(group, json.loads(event["frame"])) for group, event in list_events(callbacks)]
    assert told == [(f"user.{each.pk}", frame) for each in (alice, bob)]


def test_list_says_when_a_message_was_deleted_last(
    api: Client, alice: User, bob: User, conversation: Conversation, secret: Message
) -> None:
    (other,) = write(alice, conversation, "Not deleted")
    assert api.as_user(alice).get(LIST).json()["results"][0]["deleted_version"] == 0

    delete(secret, by=bob)
    edit_message(
        editor=alice, conversation_id=conversation.pk, message_id=other.pk, content="Still not"
    )

    (listed,) = api.get(LIST).json()["results"]
    assert (listed["deleted_version"], listed["version"]) == (6, 7)
    (entry,) = selectors.list_inbox_entries(bob, [conversation.pk])
    assert entry.deleted_version == 6


def test_what_a_message_contained_is_gone_from_the_database(bob: User, secret: Message) -> None:
    assert any(SECRET in each for each in list_texts())

    delete(secret, by=bob)

    assert not any(SECRET in each for each in list_texts())
    assert not Reaction.objects.exists()


def test_unread_counts_leave_a_deleted_message_out(
    api: Client, alice: User, bob: User, secret: Message
) -> None:
    delete(secret, by=bob)

    assert api.as_user(alice).get("/api/messaging/unread-count/").json() == {"unread_count": 0}


def test_deleted_message_tells_whether_it_was_read_before(
    api: Client, alice: User, bob: User, conversation: Conversation, secret: Message
) -> None:
    read = write(bob, conversation, "Hi")[0]
    mark_read(reader=alice, conversation_id=conversation.pk)
    unread = write(bob, conversation, "Hello")[0]
    delete(read, by=bob)
    delete(unread, by=bob)

    mark_read(reader=alice, conversation_id=conversation.pk)

    page = api.as_user(bob).get(f"{LIST}{conversation.pk}/messages/").json()["results"]
    shown = {each["id"]: (each["is_read"], bool(each["read_at"])) for each in page}
    assert shown[read.pk] == (True, True)
    assert shown[unread.pk] == (False, False)


@pytest.mark.parametrize("messages", ["keep", "erase"])
def test_message_deleted_unread_has_no_receipt_after_the_erasure_of_its_sender(
    messages: str, alice: User, bob: User, conversation: Conversation, secret: Message
) -> None:
    delete(secret, by=bob)

    erase_from_conversations(user_id=bob.pk, erases_texts=messages == "erase")

    missed = frames.replay(selectors.get_replay(alice, conversation.pk, 4), alice.pk)
    assert {json.loads(each)["type"] for each in missed} == {"new_message"}


def test_deletion_is_replayed_to_those_who_have_the_message(
    alice: User, bob: User, conversation: Conversation, secret: Message
) -> None:
    delete(secret, by=bob)

    for since in (2, 3, 4):
        missed = frames.replay(selectors.get_replay(alice, conversation.pk, since), alice.pk)
        deleted = {"type": "message_deleted", "message_id": secret.pk, "version": 5}
        assert [json.loads(each) for each in missed] == [deleted]
    new, gone = frames.replay(selectors.get_replay(alice, conversation.pk, 1), alice.pk)
    as_created = {"version": 2, "is_read": False, "read_at": None}
    expected = message_body(secret) | as_created
    assert json.loads(new) == {"type": "new_message", "message": expected}
    assert json.loads(gone) == deleted


def test_replay_of_a_message_read_before_its_deletion_keeps_the_receipt(
    alice: User, bob: User, conversation: Conversation, secret: Message
) -> None:
    mark_read(reader=alice, conversation_id=conversation.pk)
    delete(secret, by=bob)

    missed = frames.replay(selectors.get_replay(bob, conversation.pk, 4), bob.pk)

    told = [json.loads(each) for each in missed]
    assert [(each["type"], each["version"]) for each in told] == [
        ("read_receipt", 5),
        ("message_deleted", 6),
    ]


def test_deletion_has_no_time_limit_and_its_repetition_changes_nothing(
    api: Client, bob: User, conversation: Conversation
) -> None:
    with time_machine.travel("2027-03-01T12:00:00Z", tick=False) as clock:
        message = write(bob, conversation, "Hi")[0]
        clock.shift(timedelta(minutes=59))
        statuses = [api.as_user(bob).delete(url(message)).status_code for _ in range(2)]

    conversation.refresh_from_db()
    assert (statuses, conversation.version) == ([204, 204], 3)


def test_reply_no_longer_quotes_what_was_deleted(
    api: Client, alice: User, bob: User, conversation: Conversation, secret: Message
) -> None:
    reply = send_message(
        sender=alice, conversation_id=conversation.pk, content="Who?", reply_to=secret.pk
    ).message
    mark_read(reader=bob, conversation_id=conversation.pk)

    delete(secret, by=bob)

    changed = api.as_user(alice).get(f"{LIST}{conversation.pk}/messages/?since=6").json()
    quoted = {each["id"]: each["reply_to"] for each in changed["results"]}[reply.pk]
    assert (quoted["preview"], quoted["is_deleted"]) == (None, True)
    missed = frames.replay(selectors.get_replay(alice, conversation.pk, 6), alice.pk)
    assert [json.loads(each)["type"] for each in missed] == ["message_deleted", "new_message"]
    assert not any(SECRET in each for each in missed)


def test_deleted_reply_quotes_nothing(bob: User, alice: User, secret: Message) -> None:
    reply = send_message(
        sender=bob, conversation_id=secret.conversation_id, content="Sorry", reply_to=secret.pk
    ).message

    delete(reply, by=bob)

    assert message_body(reply)["reply_to"] is None
    assert Message.objects.filter(pk=reply.pk, reply_to=None, extras=0).exists()


@pytest.mark.django_db(transaction=True)
def test_parallel_deletions_take_one_version(
    bob: User, conversation: Conversation, secret: Message
) -> None:
    run_at_once([partial(delete, secret, bob)] * 4)

    conversation.refresh_from_db()
    assert conversation.version == 5


# What support can read
# ------------------------------------------------------------------------------
def read_as(conversation: Conversation, *permissions: str) -> str:
    staff = make_staff("sam", "view_conversation", *permissions)
    browser, path = browser_of(staff), f"/admin/messaging/conversation/{conversation.pk}/read/"
    browser.post(path, {"reason": "Ticket 42"})
    return str(browser.get(path).content.decode())


def test_support_reads_earlier_texts_with_a_permission_of_their_own(
    conversation: Conversation, secret: Message
) -> None:
    page = read_as(conversation, "read_message_content", "read_message_history")

    assert f"{SECRET} once" in page


def test_other_staff_do_not_read_earlier_texts(conversation: Conversation, secret: Message) -> None:
    page = read_as(conversation, "read_message_content")

    assert SECRET in page
    assert f"{SECRET} once" not in page


def test_deleted_text_is_kept_for_support_for_some_days(
    bob: User, conversation: Conversation, secret: Message, settings: Any
) -> None:
    settings.KEEP_DELETED_TEXTS = timedelta(days=7)

    with time_machine.travel("2027-03-01T12:00:00Z", tick=False) as clock:
        delete(secret, by=bob)
        kept = read_as(conversation, "read_message_content", "read_message_history")
        clock.shift(timedelta(days=7))
        prune_deleted_texts()
        has_texts = MessageRevision.objects.exists()
        clock.shift(timedelta(seconds=1))
        prune_deleted_texts()

    assert f"{SECRET} once" in kept
    assert f"{SECRET}<" in kept
    assert "Deleted at" in kept
    assert has_texts
    assert not any(SECRET in each for each in list_texts())


def test_texts_of_other_messages_are_not_pruned(secret: Message) -> None:
    prune_deleted_texts()

    assert MessageRevision.objects.get().content == f"{SECRET} once"
