"""Support staff find conversations by participant, and cannot change any content."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from messaging.models import Conversation, Message
from tests.factories import make_person
from tests.messaging.crowd import make_crowd
from trainer.services.trainees import remove_trainee
from users.models import User

CONVERSATIONS = "/admin/messaging/conversation/"
MESSAGES = "/admin/messaging/message/"


@pytest.fixture
def browser(db: None) -> Browser:
    """A browser signed in as an admin."""
    browser = Browser()
    admin = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    browser.force_login(admin)
    return browser


def shown(browser: Browser, url: str, **query: str) -> list[Any]:
    response = browser.get(url, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


@pytest.mark.parametrize("words", ["bob@example", "Bob", "alice@example.com", "Alice Tester"])
def test_conversation_is_found_by_either_person(
    browser: Browser, dora: User, charlie: User, conversation: Conversation, words: str
) -> None:
    make_crowd(dora, 2)

    assert shown(browser, CONVERSATIONS, q=words) == [conversation]


@pytest.mark.parametrize(("value", "size"), [("1", 1), ("0", 2)])
def test_conversations_are_filtered_by_archived(
    browser: Browser, alice: User, conversation: Conversation, value: str, size: int
) -> None:
    make_crowd(alice, 2)
    Conversation.objects.filter(pk=conversation.pk).update(is_archived=True)

    assert len(shown(browser, CONVERSATIONS, is_archived__exact=value)) == size


def test_messages_of_a_conversation_are_shown_from_its_link(
    browser: Browser, alice: User, conversation: Conversation
) -> None:
    make_crowd(alice, 2, messages=3)

    messages = shown(browser, MESSAGES, conversation__id__exact=str(conversation.pk))

    assert messages == list(conversation.messages.all())


def test_messages_are_found_by_sender(
    browser: Browser, alice: User, conversation: Conversation
) -> None:
    make_crowd(alice, 2, messages=2)

    assert shown(browser, MESSAGES, q="member0003@example.com") == list(
        Message.objects.filter(sender__email="member0003@example.com")
    )


@pytest.mark.parametrize("url", [CONVERSATIONS, MESSAGES])
def test_changelist_makes_the_same_queries_with_1_and_30_rows(
    browser: Browser, alice: User, url: str
) -> None:
    counts = []
    for size in (1, 29):
        make_crowd(alice, size)
        with CaptureQueriesContext(connection) as captured:
            shown(browser, url)
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("url", [CONVERSATIONS, MESSAGES])
def test_adding_changing_and_deleting_are_refused(
    browser: Browser, conversation: Conversation, url: str
) -> None:
    row = conversation if url == CONVERSATIONS else conversation.last_message
    assert row

    statuses = [
        browser.post(f"{url}add/").status_code,
        browser.post(f"{url}{row.pk}/change/", {"content": "Forged"}).status_code,
        browser.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code,
    ]

    assert statuses == [403, 403, 403]
    assert Message.objects.get().content == "Hello"


def act(browser: Browser, action: str, *conversations: Conversation) -> None:
    selected = [each.pk for each in conversations]
    browser.post(CONVERSATIONS, {"action": action, "_selected_action": selected})


def test_actions_archive_and_reopen(browser: Browser, conversation: Conversation) -> None:
    act(browser, "archive", conversation)
    conversation.refresh_from_db()
    assert (conversation.is_archived, conversation.version) == (True, 2)

    act(browser, "reopen", conversation)
    conversation.refresh_from_db()
    assert (conversation.is_archived, conversation.version) == (False, 3)


def test_reopen_leaves_a_removed_trainees_conversation_archived(
    browser: Browser, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    act(browser, "reopen", conversation)

    conversation.refresh_from_db()
    assert conversation.is_archived


@pytest.mark.parametrize("url", [CONVERSATIONS, MESSAGES])
def test_trainers_cannot_open_the_admin(alice: User, url: str) -> None:
    browser = Browser()
    browser.force_login(alice)

    assert browser.get(url).status_code == 302
