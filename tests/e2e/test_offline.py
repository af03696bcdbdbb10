"""Without a network, there is a message box that works later, or a screen that promises nothing."""

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import wait_for_worker, wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_texts,
    expect_tick,
    message,
    open_thread,
    path_of,
    sign_in,
    write,
)
from tests.e2e.test_database import READ_ALL, name_of
from tests.factories import make_trainee, open_conversation
from trainer.services.trainees import remove_trainee
from users.models import User

pytestmark = [
    pytest.mark.service_worker,
    pytest.mark.complains(
        r"net::ERR_INTERNET_DISCONNECTED", r"status of 404", r"WebSocket connection"
    ),
    # Chromium logs this because the profiles of these tests are not stored.
    pytest.mark.complains(r"does not support the Push API in incognito mode"),
]
LATER = "You are offline. This will load once you’re back online."
OFFLINE = "You are offline."
OFFLINE_WITH_COMPOSER = "You are offline. Messages will wait."


def go_offline(page: Page) -> None:
    wait_for_worker(page)
    page.context.set_offline(True)
    wait_until(page, lambda: not page.evaluate("navigator.onLine"))


def go_online(page: Page) -> None:
    page.context.set_offline(False)


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Conversation")


def expect_calm(page: Page) -> None:
    """Expect that a panel waits for the network, without an alert, a message box or a promise."""
    expect(page.get_by_text(LATER).first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(composer(page)).to_have_count(0)
    expect(page.get_by_text(OFFLINE_WITH_COMPOSER)).to_have_count(0)


# A conversation that this device knows, and has never opened
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("reader", ["bob", "alice"])
def test_known_conversation_can_be_written_in_after_a_start_without_a_network(
    phone: Page, alice: User, bob: User, conversation: Conversation, reader: str
) -> None:
    """The list is on the device, because it is loaded on every screen; the messages are not."""
    sign_in(phone, bob if reader == "bob" else alice, "/settings")
    wait_for_worker(phone)
    wait_until(phone, lambda: kept_list(phone, bob if reader == "bob" else alice))
    go_offline(phone)

    phone.goto(path_of(conversation))

    expect(phone.locator(".thread-line")).to_have_text(OFFLINE_WITH_COMPOSER)
    expect(phone.get_by_text(LATER)).to_be_visible()
    write(phone, "from the tunnel")
    expect_tick(phone, "from the tunnel", "Sending")
    phone.reload()
    expect_tick(phone, "from the tunnel", "Sending")
    expect(composer(phone)).to_be_visible()
    go_online(phone)
    expect_texts(phone, ["Hello", "from the tunnel"])
    expect_tick(phone, "from the tunnel", "Sent")


def kept_list(page: Page, person: User) -> bool:
    """Return whether the list of conversations is on the device."""
    rows = page.evaluate(READ_ALL, name_of(person))["kv"]
    return any(isinstance(row, dict) and row["conversations"] for row in rows)


# A conversation that this device does not know
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("reader", ["bob", "alice"])
def test_conversation_that_the_device_does_not_know_waits_calmly_and_opens_later(
    phone: Page, alice: User, bob: User, reader: str
) -> None:
    sign_in(phone, bob if reader == "bob" else alice)
    expect(phone.get_by_role("heading", name="No ")).to_be_visible()
    go_offline(phone)
    conversation = open_conversation(alice, bob, "Hello")

    phone.goto(path_of(conversation))

    expect_calm(phone)
    expect(panel(phone).locator(".skeleton")).to_have_count(0)
    go_online(phone)
    expect(message(phone, "Hello")).to_be_visible()
    expect(composer(phone)).to_be_visible()


def test_unknown_conversation_promises_nothing_offline_and_is_not_found_later(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    go_offline(desk)

    desk.goto("/messages/987654321")

    expect_calm(desk)
    expect(desk.locator(".thread-line")).to_have_text(OFFLINE)
    go_online(desk)
    expect(desk.get_by_text("This conversation isn’t available")).to_be_visible()


def test_unknown_conversation_has_no_message_box_while_it_is_requested_offline(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    desk.route("**/api/messaging/conversations/987654321/", lambda route: None)
    go_offline(desk)
    expect(desk.locator(".thread-line")).to_have_text(OFFLINE_WITH_COMPOSER)

    desk.evaluate("history.pushState(null, '', '/messages/987654321')")
    desk.evaluate("dispatchEvent(new PopStateEvent('popstate'))")

    expect(desk.locator(".thread-line")).to_have_text(OFFLINE)
    expect(panel(desk).get_by_text("Loading messages")).to_be_attached()
    expect(composer(desk)).to_have_count(0)


def test_trainee_without_a_conversation_is_told_so_offline(phone: Page, bob: User) -> None:
    sign_in(phone, bob)
    expect(phone.get_by_text("Messages from your trainer will appear here.")).to_be_visible()
    go_offline(phone)

    phone.goto("/messages")

    expect(phone.get_by_text("Messages from your trainer will appear here.")).to_be_visible()
    expect(phone.locator(".connection-line")).to_have_text([OFFLINE])
    expect(composer(phone)).to_have_count(0)


def test_list_that_was_never_loaded_waits_calmly_and_opens_later(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    phone.route("**/api/messaging/**", lambda route: None)
    phone.route_web_socket("**/ws/**", lambda socket: None)
    sign_in(phone, bob)
    go_offline(phone)

    phone.unroute("**/api/messaging/**")
    phone.goto("/messages")

    expect_calm(phone)
    go_online(phone)
    expect(message(phone, "Hello")).to_be_visible()


# A trainee without a conversation, at their trainer
# ------------------------------------------------------------------------------
def test_first_message_to_a_listed_trainee_can_be_written_offline(
    phone: Page, alice: User, bob: User
) -> None:
    sign_in(phone, alice, "/trainees")
    expect(phone.get_by_text("Bob Tester")).to_be_visible()
    go_offline(phone)

    phone.get_by_role("link", name="Message Bob Tester").click()

    expect(phone.get_by_role("heading", name="Bob Tester")).to_be_visible()
    expect(phone.locator(".thread-line")).to_have_text(OFFLINE_WITH_COMPOSER)
    write(phone, "Welcome!")
    expect_tick(phone, "Welcome!", "Sending")
    go_online(phone)
    expect_tick(phone, "Welcome!", "Sent")
    expect_texts(phone, ["Welcome!"])


def test_first_message_to_an_unknown_trainee_waits_for_the_network(
    phone: Page, alice: User, bob: User
) -> None:
    sign_in(phone, alice)
    expect(phone.get_by_role("heading", name="No conversations")).to_be_visible()
    go_offline(phone)

    phone.goto(f"/messages?trainee={bob.pk}")

    expect_calm(phone)
    go_online(phone)
    expect(phone.get_by_role("heading", name="Bob Tester")).to_be_visible()
    expect(composer(phone)).to_be_visible()


# Conversations in which one cannot write
# ------------------------------------------------------------------------------
def test_archived_conversation_that_was_never_opened_promises_nothing(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    sign_in(desk, alice, "/messages/archived")
    expect(desk.get_by_role("list", name="Archived conversations")).to_be_visible()
    go_offline(desk)

    desk.get_by_role("link", name="Bob Tester").click()

    expect_calm(desk)
    expect(desk.get_by_text("You no longer work with this trainee")).to_be_visible()
    expect(desk.locator(".thread-line")).to_have_text(OFFLINE)


def test_archive_waits_calmly(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, alice)
    expect(conversation_with(desk, bob)).to_be_visible()
    go_offline(desk)

    desk.get_by_role("link", name="Archived").click()

    expect_calm(desk)
    go_online(desk)
    expect(desk.get_by_text("No archived conversations")).to_be_visible()


def test_conversation_with_a_deleted_account_promises_nothing(desk: Page, alice: User) -> None:
    carol = make_trainee("carol", alice)
    open_conversation(alice, carol, "Welcome")
    carol.delete()
    sign_in(desk, alice)
    expect(desk.get_by_role("link", name="Deleted account")).to_be_visible()
    go_offline(desk)

    desk.get_by_role("link", name="Deleted account").click()

    expect_calm(desk)
    expect(desk.get_by_text("This account was deleted")).to_be_visible()
    expect(desk.locator(".thread-line")).to_have_text(OFFLINE)


def test_impersonation_that_cannot_start_waits_calmly(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    wait_for_worker(desk)
    desk.get_by_role("button", name="View as trainee").click()
    expect(message(desk, "Hello")).to_be_visible()
    go_offline(desk)

    desk.reload()

    expect_calm(desk)
    expect(desk.locator("#skeleton")).to_have_count(0)
    go_online(desk)
    expect(message(desk, "Hello")).to_be_visible()
    expect(desk.get_by_text("You are viewing as Bob Tester.")).to_be_visible()
    expect(composer(desk)).to_have_count(0)
