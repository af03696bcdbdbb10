"""PATCH of a message: its text changes for both people, and support can read the earlier ones."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from api.throttling import counter
from messaging import frames, selectors
from messaging.models import Conversation, Message, MessageRevision
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.deleting import delete_message
from messaging.services.editing import edit_message
from messaging.services.reading import mark_read
from messaging.services.sending import send_message
from tests.conftest import Client
from tests.factories import claims_of, impersonate, make_trainee, open_conversation, write
from tests.messaging.announcements import list_events
from tests.messaging.bodies import ARCHIVED, NOT_FOUND, READ_ONLY, message_body, moment
from tests.messaging.parallel import run_at_once
from tests.refusals import refusal
from users.models import User
from users.selectors import get_user_by_claims

NO_MESSAGE = refusal("This conversation has no such message.", "message_not_found")
NOT_YOURS = refusal("You can change only your own messages.", "not_your_message")
TOO_LATE = refusal("You can edit a message for 15 minutes after you sent it.", "edit_window_over")
DELETED = refusal("This message was deleted.", "message_deleted")
NOT_BLANK = {"content": ["This field may not be blank."]}


def url(message: Message) -> str:
    path = f"conversations/{message.conversation_id}/messages/{message.pk}/"
    return f"/api/messaging/{path}"


@pytest.fixture
def typo(bob: User, conversation: Conversation) -> Message:
    """Bob's second message, the third of the conversation."""
    return write(bob, conversation, "Hi", "Teh end")[1]


def test_edit_changes_the_text_for_both_people(
    api: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    typo: Message,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        edited = api.as_user(bob).patch(url(typo), {"content": " The end\n"})

    expected = message_body(typo)
    assert (edited.status_code, edited.json()) == (200, expected)
    assert (typo.content, typo.version, typo.content_version) == ("The end", 4, 4)
    assert typo.edited_at
    for reader in (alice, bob):
        page = api.as_user(reader).get(f"{url(typo).rpartition('messages/')[0]}messages/").json()
        assert page["results"][0] == expected
        (listed,) = api.get("/api/messaging/conversations/").json()["results"]
        assert (listed["last_message_preview"], listed["version"]) == ("The end", 4)
    frame = {
        "type": "message_edited",
        "message_id": typo.pk,
        "content": "The end",
        "edited_at": moment(typo.edited_at),
        "version": 4,
    }
    told = [(group, json.loads(event["frame"])) for group, event in list_events(callbacks)]
    assert told == [(f"user.{each.pk}", frame) for each in (alice, bob)]


def test_edit_is_replayed_even_if_the_message_was_read_later(
    alice: User, bob: User, conversation: Conversation, typo: Message
) -> None:
    edit(bob, typo, "The end")
    mark_read(reader=alice, conversation_id=conversation.pk)

    missed = frames.replay(selectors.get_replay(bob, conversation.pk, 3), bob.pk)

    told = [json.loads(each) for each in missed]
    assert [(each["type"], each["version"]) for each in told] == [
        ("message_edited", 4),
        ("read_receipt", 5),
    ]


def test_new_message_that_was_edited_twice_is_replayed_with_its_last_text(
    bob: User, conversation: Conversation, typo: Message
) -> None:
    edit(bob, typo, "Third")
    edit(bob, typo, "Fourth")

    missed = frames.replay(selectors.get_replay(bob, conversation.pk, 2), bob.pk)

    new, edited = map(json.loads, missed)
    assert new == {"type": "new_message", "message": message_body(typo) | {"version": 3}}
    told = {"content": "Fourth", "edited_at": moment(typo.edited_at), "version": 5}
    assert edited == {"type": "message_edited", "message_id": typo.pk, **told}


def edit(editor: User, message: Message, content: str) -> Message:
    return edit_message(
        editor=editor,
        conversation_id=message.conversation_id,
        message_id=message.pk,
        content=content,
    )


def test_repeated_edit_changes_nothing(
    api: Client, bob: User, conversation: Conversation, typo: Message
) -> None:
    first, repeat = (api.as_user(bob).patch(url(typo), {"content": "The end"}) for _ in range(2))

    assert first.json() == repeat.json()
    conversation.refresh_from_db()
    assert (conversation.version, MessageRevision.objects.count()) == (4, 1)


def test_reply_quotes_the_new_text(
    api: Client, alice: User, bob: User, conversation: Conversation, typo: Message
) -> None:
    sent = send_message(
        sender=alice, conversation_id=conversation.pk, content="Yes", reply_to=typo.pk
    )

    edit(bob, typo, "The end")

    messages = f"/api/messaging/conversations/{conversation.pk}/messages/"
    changed = api.as_user(alice).get(f"{messages}?since=4").json()["results"]
    assert [each["id"] for each in changed] == [typo.pk, sent.message.pk]
    assert changed[1]["reply_to"]["preview"] == "The end"


def test_earlier_texts_are_kept(bob: User, typo: Message) -> None:
    edit(bob, typo, "Two")
    edit(bob, typo, "Three")

    assert list(typo.revisions.values_list("content", flat=True)) == ["Teh end", "Two"]


def test_edit_is_possible_for_fifteen_minutes(
    api: Client, bob: User, conversation: Conversation
) -> None:
    with time_machine.travel("2027-03-01T12:00:00Z", tick=False) as clock:
        message = write(bob, conversation, "Hi")[0]
        clock.shift(timedelta(minutes=15))
        in_time = api.as_user(bob).patch(url(message), {"content": "One"})
        clock.shift(timedelta(seconds=1))
        late = api.as_user(bob).patch(url(message), {"content": "Two"})

    assert in_time.status_code == 200
    assert (late.status_code, late.json()) == (403, TOO_LATE)
    message.refresh_from_db()
    assert message.content == "One"


@pytest.mark.parametrize("content", ["", " \n"])
def test_text_cannot_become_empty(api: Client, bob: User, typo: Message, content: str) -> None:
    refused = api.as_user(bob).patch(url(typo), {"content": content})

    assert (refused.status_code, refused.json()) == (400, NOT_BLANK)


def test_text_of_a_photo_can_become_empty(api: Client, bob: User, typo: Message) -> None:
    Message.objects.filter(pk=typo.pk).update(extras=1)

    edited = api.as_user(bob).patch(url(typo), {"content": ""})

    assert (edited.status_code, edited.json()["content"]) == (200, "")


@pytest.mark.parametrize("body", [{}, {"content": None}, {"content": 1}, {"content": "x" * 2001}])
def test_invalid_edit_changes_nothing(
    api: Client, bob: User, typo: Message, body: dict[str, Any]
) -> None:
    refused = api.as_user(bob).patch(url(typo), body)

    assert (refused.status_code, list(refused.json())) == (400, ["content"])
    typo.refresh_from_db()
    assert (typo.content, typo.edited_at) == ("Teh end", None)


def test_only_the_sender_can_edit(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation, typo: Message
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice)).messages.get()
    elsewhere = url(typo).replace(f"/{typo.pk}/", f"/{other.pk}/")

    for person, path, status, body in (
        (alice, url(typo), 403, NOT_YOURS),
        (charlie, url(typo), 404, NOT_FOUND),
        (alice, elsewhere, 404, NO_MESSAGE),
        (bob, elsewhere, 404, NO_MESSAGE),
    ):
        for refused in (api.as_user(person).patch(path, {"content": "x"}), api.delete(path)):
            assert (refused.status_code, refused.json()) == (status, body)
    assert set(Message.objects.values_list("edited_at", "removed_at")) == {(None, None)}


def test_line_of_who_has_joined_cannot_be_changed(api: Client, bob: User, typo: Message) -> None:
    Message.objects.filter(pk=typo.pk).update(extras=8)

    for refused in (api.as_user(bob).patch(url(typo), {"content": "x"}), api.delete(url(typo))):
        assert (refused.status_code, refused.json()) == (403, NOT_YOURS)


def test_deleted_message_cannot_be_edited(api: Client, bob: User, typo: Message) -> None:
    delete_message(by=bob, conversation_id=typo.conversation_id, message_id=typo.pk)

    refused = api.as_user(bob).patch(url(typo), {"content": "Back"})

    assert (refused.status_code, refused.json()) == (403, DELETED)
    assert not MessageRevision.objects.exists()


def test_archived_conversation_does_not_change(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    message = conversation.messages.get()
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    for person, status, body in ((alice, 403, ARCHIVED), (bob, 404, NOT_FOUND)):
        for refused in (
            api.as_user(person).patch(url(message), {"content": "x"}),
            api.delete(url(message)),
            api.put(f"{url(message)}reactions/👍/"),
            api.delete(f"{url(message)}reactions/👍/"),
        ):
            assert (refused.status_code, refused.json()) == (status, body)


def test_impersonator_changes_nothing(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    message = write(bob, conversation, "Hi")[0]
    _, tokens = impersonate(bob, by=alice)
    api.with_token(tokens.access)

    for refused in (
        api.patch(url(message), {"content": "x"}),
        api.delete(url(message)),
        api.put(f"{url(message)}reactions/👍/"),
        api.delete(f"{url(message)}reactions/👍/"),
    ):
        assert (refused.status_code, refused.json()) == (403, READ_ONLY)
    assert get_user_by_claims(claims_of(tokens.access)).is_impersonated
    conversation.refresh_from_db()
    assert conversation.version == 2


def test_changes_share_the_limit_of_messages(
    api: Client, bob: User, conversation: Conversation, typo: Message, settings: Any
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "messaging": "4/minute"}
    counter().reset()
    api.as_user(bob)
    send = f"/api/messaging/conversations/{conversation.pk}/send/"

    statuses = [
        each.status_code
        for each in (
            api.post(send, {"content": "x"}),
            api.patch(url(typo), {"content": "x"}),
            api.put(f"{url(typo)}reactions/👍/"),
            api.patch(url(typo), {"content": "y"}),
            api.patch(url(typo), {"content": "z"}),
            api.delete(url(typo)),
            api.put(f"{url(typo)}reactions/👍/"),
            api.post(send, {"content": "x"}),
        )
    ]

    assert statuses == [201, 200, 200, 200, 429, 429, 429, 429]


@pytest.mark.django_db(transaction=True)
def test_parallel_changes_take_one_version_each(
    bob: User, conversation: Conversation, typo: Message
) -> None:
    changes = [partial(edit, bob, typo, f"Text {number}") for number in range(8)]

    run_at_once(changes)

    conversation.refresh_from_db()
    typo.refresh_from_db()
    assert conversation.version == typo.version == 11
    assert typo.revisions.count() == 8
    assert typo.edited_at
    assert typo.edited_at <= timezone.now()
