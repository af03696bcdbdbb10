"""Notifications are offered after a message, once; an iPhone is shown the way to the Home Screen."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, wait_for_listener, wait_for_worker
from tests.e2e.full_browser import browser, context_pool  # noqa: F401 - fixtures
from tests.e2e.screens import composer, expect_tick, message, open_live_thread, write
from tests.e2e.test_accessibility import serious_findings
from tests.e2e.test_joining import join
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from trainer.services.invitations import invite_trainee
from users.models import User

pytestmark = [
    pytest.mark.service_worker,
    pytest.mark.complains(r"WebSocket connection"),
    pytest.mark.complains(r"does not support the Push API in incognito mode"),
]

QUESTION = "Get notified about new messages?"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
)
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
# Chromium's own prompt cannot be answered by a test. `answer` stands for what a person chooses.
PROMPT = """(() => {
    let permission = "default";
    Object.defineProperty(Notification, "permission", { get: () => permission });
    Notification.requestPermission = async () => (permission = "%s");
})()"""


def offer(page: Page) -> Locator:
    return page.locator("notification-offer .offer").filter(visible=True)


def wait_for_later_modules(page: Page) -> None:
    """Wait until the page has loaded what could offer notifications, with the menu of messages."""
    wait_for_listener(page, "edit-last")


def open_asking(open_device: OpenDevice, answer: str = "granted", **options: Any) -> Page:
    page = open_device(fresh=True, **options)
    page.add_init_script(PROMPT % answer)
    return page


def test_offer_comes_after_a_sent_message_and_not_now_is_remembered(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    page = open_asking(open_device)
    open_live_thread(page, alice, conversation)
    wait_for_worker(page)
    expect(offer(page)).to_have_count(0)

    write(page, "How was the run?")
    expect(offer(page)).to_contain_text(QUESTION)
    assert serious_findings(page) == []
    offer(page).get_by_role("button", name="Not now").click()
    expect(offer(page)).to_have_count(0)

    page.reload()
    wait_for_later_modules(page)
    write(page, "And the swim?")
    expect_tick(page, "And the swim?", "Sent")
    expect(offer(page)).to_have_count(0)


def test_received_message_brings_the_offer_which_turns_notifications_on(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_asking(open_device, **PHONE)
    open_live_thread(page, bob, conversation)
    wait_for_worker(page)

    Person(server, tokens_of(alice)).send(conversation.pk, "How was the run?")
    expect(offer(page)).to_contain_text(QUESTION)
    offer(page).get_by_role("button", name="Turn on").click()

    expect(offer(page)).to_have_count(0)
    expect(page.locator(".toast")).to_be_visible()
    page.goto("/settings")
    # A page that opens has the browser's real permission again, so only the stored choice is asked for.
    stored = page.evaluate(STORED, bob.pk)
    assert stored == "on"


STORED = """async (id) => {
    const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.includes(String(id)));
    const open = indexedDB.open(name);
    await new Promise((resolve) => (open.onsuccess = resolve));
    const get = open.result.transaction("kv").objectStore("kv").get("notifications");
    await new Promise((resolve) => (get.onsuccess = resolve));
    return get.result;
}"""


def test_offer_waits_for_the_first_message_of_somebody_who_has_joined(
    open_device: OpenDevice, alice: User
) -> None:
    page = open_asking(open_device)
    invitation, _ = invite_trainee(trainer=alice, email="erin@example.com")
    join(page, invitation)
    expect(page.get_by_text("Say hello to Alice")).to_be_visible()
    wait_for_worker(page)
    wait_for_later_modules(page)
    expect(offer(page)).to_have_count(0)

    write(page, "Hello!")

    expect(offer(page)).to_contain_text(QUESTION)


def test_refusal_in_the_browsers_prompt_is_explained(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    page = open_asking(open_device, answer="denied")
    open_live_thread(page, alice, conversation)
    wait_for_worker(page)
    write(page, "How was the run?")

    offer(page).get_by_role("button", name="Turn on").click()

    expect(offer(page)).to_contain_text(
        "Notifications are blocked. Allow them in your browser settings."
    )
    offer(page).get_by_role("button", name="Close").click()
    expect(offer(page)).to_have_count(0)


def test_browser_that_has_denied_notifications_gets_no_offer(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    page = open_device(fresh=True)
    page.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    open_live_thread(page, alice, conversation)
    wait_for_worker(page)
    wait_for_later_modules(page)

    write(page, "How was the run?")

    expect_tick(page, "How was the run?", "Sent")
    expect(offer(page)).to_have_count(0)


def test_iphone_shows_the_two_steps_to_the_home_screen(
    open_device: OpenDevice, bob: User, conversation: Conversation
) -> None:
    page = open_device(fresh=True, **PHONE, user_agent=SAFARI)
    page.add_init_script("delete window.Notification")
    open_live_thread(page, bob, conversation)
    expect(offer(page)).to_have_count(0)

    write(page, "Done!")

    steps = offer(page).get_by_role("listitem")
    expect(steps).to_have_text(["Tap Share in your browser.", "Choose Add to Home Screen."])
    expect(steps.locator("svg")).to_have_count(2)
    expect(steps.locator("svg").first).to_have_css("display", "inline")
    assert serious_findings(page) == []
    offer(page).get_by_role("button", name="Not now").click()
    expect(offer(page)).to_have_count(0)


def test_app_on_the_home_screen_of_an_iphone_offers_them_when_it_opens(
    open_device: OpenDevice, bob: User, conversation: Conversation
) -> None:
    page = open_asking(open_device, **PHONE, user_agent=SAFARI)
    page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: true })")

    open_live_thread(page, bob, conversation)

    expect(offer(page)).to_contain_text(QUESTION)


def test_impersonator_gets_no_offer(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_asking(open_device)
    page.goto("/sign-in")
    open_live_thread(page, alice, conversation)
    page.goto(f"/trainees/{bob.pk}")
    page.get_by_role("button", name="View as trainee").click()
    expect(page.get_by_text("You are viewing as")).to_be_visible()
    expect(message(page, "Hello")).to_be_visible()
    wait_for_later_modules(page)

    Person(server, tokens_of(alice)).send(conversation.pk, "How was the run?")

    expect(message(page, "How was the run?")).to_be_visible()
    expect(offer(page)).to_have_count(0)


def test_offer_keeps_the_draft_and_the_end_of_the_history_in_view(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_asking(open_device, **PHONE)
    open_live_thread(page, bob, conversation)
    wait_for_worker(page)
    composer(page).fill("Not yet sent")

    Person(server, tokens_of(alice)).send(conversation.pk, "How was the run?")

    expect(offer(page)).to_be_visible()
    expect(message(page, "How was the run?")).to_be_in_viewport()
    expect(composer(page)).to_have_value("Not yet sent")
