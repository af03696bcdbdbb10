"""The unread badge is right everywhere: in the navigation, the title, the list and the app icon."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import PHONE, OpenDevice, hide, show, wait_until
from tests.e2e.screens import (
    conversation_with,
    expect_unread,
    full_name,
    message,
    navigation,
    open_thread,
    sign_in,
)
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.factories import write as write_history
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

# Records the number for the app icon, and still calls the browser's own function.
NOTE_ICON = """
    const set = navigator.setAppBadge.bind(navigator);
    const clear = navigator.clearAppBadge.bind(navigator);
    navigator.setAppBadge = (count) => { globalThis.iconBadge = count; return set(count); };
    navigator.clearAppBadge = () => { globalThis.iconBadge = 0; return clear(); };
"""


def test_badge_counts_new_messages_on_every_page(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    his = Person(server, tokens_of(bob))
    sign_in(desk, alice, "/settings")
    expect_unread(desk, None)

    his.send(conversation.pk, "one")
    expect_unread(desk, "1")
    desk.get_by_role("link", name="Trainees").click()
    his.send(conversation.pk, "two")

    expect_unread(desk, "2")
    desk.reload()
    expect_unread(desk, "2")


def test_badge_is_shown_on_the_app_icon(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    phone.add_init_script(NOTE_ICON)
    sign_in(phone, bob, "/settings")
    wait_until(phone, lambda: phone.evaluate("globalThis.iconBadge") == 1)

    navigation(phone).get_by_role("link", name="Messages").click()

    expect(message(phone, "Hello")).to_be_visible()
    wait_until(phone, lambda: phone.evaluate("globalThis.iconBadge") == 0)


def test_icon_badge_is_corrected_after_the_service_worker_set_it(
    phone: Page, bob: User, alice: User, conversation: Conversation
) -> None:
    """For example, a push arrives for a suspended page, and its message is read on another device."""
    phone.add_init_script(NOTE_ICON)
    open_thread(phone, bob, conversation)
    expect_unread(phone, None)
    hide(phone)
    phone.evaluate("navigator.setAppBadge(3)")

    show(phone)

    wait_until(phone, lambda: phone.evaluate("globalThis.iconBadge") == 0)


def test_badge_shows_at_most_99(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, *(f"message {n}" for n in range(100)))

    sign_in(desk, alice)

    expect_unread(desk, "99+")
    expect(conversation_with(desk, bob).locator(".badge")).to_contain_text("99+")


def test_reading_on_one_device_clears_the_badges_of_the_others(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "from Bob")
    sign_in(desk, alice)
    expect_unread(desk, "1")
    expect(conversation_with(desk, bob).locator(".badge")).to_be_visible()

    open_thread(phone, alice, conversation)

    expect_unread(desk, None)
    expect(conversation_with(desk, bob).locator(".badge")).to_have_count(0)
    expect_unread(phone, None)


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection")
def test_badge_is_corrected_after_a_device_was_away(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "from Bob")
    page = open_device(**PHONE)
    sign_in(page, alice, "/settings")
    expect_unread(page, "1")
    page.context.set_offline(True)

    Person(server, tokens_of(alice)).read(conversation.pk)
    page.context.set_offline(False)

    expect_unread(page, None)


def test_list_is_sorted_by_latest_activity_and_shows_the_last_message(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    carol = make_trainee("carol", alice)
    other = open_conversation(alice, carol, "Welcome")
    sign_in(desk, alice)
    rows = desk.get_by_role("list", name="Conversations").get_by_role("listitem")
    expect(rows).to_contain_text([full_name(carol), full_name(bob)])

    Person(server, tokens_of(bob)).send(conversation.pk, "x" * 150)

    expect(rows).to_contain_text([full_name(bob), full_name(carol)])
    expect(rows.nth(0)).to_contain_text("Just now")
    expect(rows.nth(0).locator(".conversation-preview")).to_have_text("x" * 100)
    expect(rows.nth(1)).to_contain_text("Welcome")
    assert other.trainee == carol
