"""Support takes a message down: its text is gone for both people, and who did it and why is recorded."""

import json
from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging import frames, selectors
from messaging.models import Conversation, Message, MessageRemoval
from messaging.services.reading import mark_read
from messaging.services.removing import remove_message
from notifications.contents import get_notification
from notifications.models import DeviceToken
from notifications.selectors import Delivery
from tests.admin.conftest import browser_of, make_staff
from tests.conftest import Client
from tests.factories import make_person, write
from tests.jobs.running import run_due
from tests.messaging.announcements import list_events
from tests.messaging.parallel import run_at_once
from tests.privacy.people import begin
from users.models import User

LIST = "/api/messaging/conversations/"
MESSAGES = "/admin/messaging/message/"
GONE = "This message was deleted"


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def insult(bob: User, conversation: Conversation) -> Message:
    """Bob's second message, the newest of the conversation; Alice has read neither."""
    return write(bob, conversation, "Hi", "Insult")[1]


def take_down(message: Message, by: User) -> bool:
    return remove_message(message_id=message.pk, reason="Reported", by=by)


def test_text_is_gone_for_both_people(
    api: Client, root: User, alice: User, bob: User, conversation: Conversation, insult: Message
) -> None:
    before = api.as_user(alice).get(f"{LIST}{conversation.pk}/messages/").json()["results"][0]

    assert take_down(insult, by=root)

    insult.refresh_from_db()
    for person in (alice, bob):
        page = api.as_user(person).get(f"{LIST}{conversation.pk}/messages/").json()["results"]
        assert page[0] == {
            **before,
            "content": "",
            "is_deleted": True,
            "version": 4,
        }
        (listed,) = api.get(LIST).json()["results"]
        assert (listed["last_message_preview"], listed["version"]) == (GONE, 4)
        assert [each["content"] for each in page] == ["", "Hi", "Hello"]
    assert insult.removed_at


def test_unread_counts_leave_a_removed_message_out(
    api: Client, root: User, alice: User, insult: Message
) -> None:
    take_down(insult, by=root)

    assert api.as_user(alice).get("/api/messaging/unread-count/").json() == {"unread_count": 1}


def test_removal_is_announced_and_replayed_to_both_people_without_a_receipt(
    root: User,
    alice: User,
    bob: User,
    conversation: Conversation,
    insult: Message,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        take_down(insult, by=root)

    changed = {
        "type": "conversation.changed",
        "conversation_id": conversation.pk,
        "version": 4,
        "frame": None,
    }
    assert list_events(callbacks) == [(f"user.{each.pk}", changed) for each in (alice, bob)]
    for person in (alice, bob):
        (frame,) = frames.replay(selectors.get_replay(person, conversation.pk, 3), person.pk)
        assert json.loads(frame) == {
            "type": "message_deleted",
            "message_id": insult.pk,
            "version": 4,
        }


def test_replay_of_a_message_read_before_its_removal_keeps_the_receipt(
    root: User, alice: User, bob: User, conversation: Conversation, insult: Message
) -> None:
    mark_read(reader=alice, conversation_id=conversation.pk)
    take_down(insult, by=root)

    missed = frames.replay(selectors.get_replay(bob, conversation.pk, 3), bob.pk)

    assert ["read_receipt" in each for each in missed] == [True, False]
    assert "message_deleted" in missed[1]


def test_unsent_notification_tells_only_what_is_left(
    root: User, alice: User, conversation: Conversation, insult: Message, settings: Any
) -> None:
    settings.FCM_CREDENTIALS_FILE = "key.json"
    device = DeviceToken.objects.create(user=alice, token="push", platform="ios")
    delivery = Delivery(conversation.pk, alice.pk, device.pk, up_to=3)

    take_down(insult, by=root)

    notification = get_notification(delivery)
    assert notification
    assert (notification.body, notification.unread_count) == ("Hi", 1)


def test_removal_is_recorded_once(root: User, insult: Message) -> None:
    assert [take_down(insult, by=root) for _ in range(2)] == [True, False]

    record = MessageRemoval.objects.values_list("message", "removed_by_email", "reason")
    assert list(record) == [(insult.pk, "root@example.com", "Reported")]


def test_unknown_message_is_not_removed(root: User) -> None:
    assert not remove_message(message_id=1, reason="Reported", by=root)


@pytest.mark.django_db(transaction=True)
def test_parallel_removals_take_one_version(
    root: User, conversation: Conversation, insult: Message
) -> None:
    removed, _ = run_at_once([partial(take_down, insult, root)] * 4)

    conversation.refresh_from_db()
    assert (sorted(removed), conversation.version) == ([False, False, False, True], 4)


def test_record_outlives_the_staff_without_their_address(root: User, insult: Message) -> None:
    take_down(insult, by=root)
    begin(root)

    run_due()

    assert MessageRemoval.objects.get().removed_by_email == "[removed]"


# In the admin
# ------------------------------------------------------------------------------
def post(browser: Browser, *messages: Message, **form: str) -> Any:
    selected = [each.pk for each in messages]
    return browser.post(MESSAGES, {"action": "take_down", "_selected_action": selected, **form})


def test_support_takes_messages_down_with_a_reason(
    conversation: Conversation, insult: Message
) -> None:
    browser = browser_of(make_staff("sam", "view_message", "remove_message"))

    asked = post(browser, insult)
    done = post(browser, insult, reason="Reported by Alice")

    assert asked.status_code == 200
    assert "The text and the photos of one message are removed" in asked.content.decode()
    assert done.status_code == 302
    record = MessageRemoval.objects.get()
    assert (record.message, record.removed_by_email, record.reason) == (
        insult,
        "sam@example.com",
        "Reported by Alice",
    )


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_invalid_reason_removes_nothing(insult: Message, reason: str) -> None:
    browser = browser_of(make_staff("sam", "view_message", "remove_message"))

    assert post(browser, insult, reason=reason).status_code == 200

    assert Message.objects.get(pk=insult.pk).content == "Insult"


def test_other_staff_cannot_take_messages_down(insult: Message) -> None:
    browser = browser_of(make_staff("sam", "view_message", "change_message", "delete_message"))

    post(browser, insult, reason="Because")

    assert Message.objects.get(pk=insult.pk).content == "Insult"


def test_record_is_listed(root: User, insult: Message) -> None:
    take_down(insult, by=root)
    page = browser_of(root).get("/admin/messaging/messageremoval/").content.decode()

    assert "Reported" in page
    assert "root@example.com" in page
