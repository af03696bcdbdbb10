"""A device that says it has no network while all works, as with a VPN; and one that really has none."""

import re

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import Sockets, wait_until
from tests.e2e.screens import (
    composer,
    expect_tick,
    fill_sign_in,
    message,
    open_thread,
    path_of,
    sign_in,
    sign_out,
    write,
)
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

# It never changes, so no event comes either.
SAYS_OFFLINE = """Object.defineProperty(Navigator.prototype, "onLine", { get: () => false });"""
OFFLINE = re.compile("You are offline")
# Kept over loads: three pages are looked at.
NOTE_TOLD = """new MutationObserver(() => {
    const text = document.body?.textContent ?? "";
    if (/You are offline/.test(text)) sessionStorage.setItem("told", text);
}).observe(document, { childList: true, subtree: true, characterData: true });"""


@pytest.fixture
def misled(desk: Page) -> Page:
    """A browser whose device says that there is no network."""
    desk.add_init_script(SAYS_OFFLINE)
    return desk


def test_device_that_says_offline_signs_in_sends_and_receives(
    misled: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    sockets = Sockets(misled)
    open_thread(misled, alice, conversation)

    Person(server, tokens_of(bob)).send(conversation.pk, "live")
    expect(message(misled, "live")).to_be_visible()
    write(misled, "sent all the same")

    expect_tick(misled, "sent all the same", "Sent")
    wait_until(misled, lambda: len(sockets.opened) == 2)
    assert sockets.closed == []
    expect(misled.get_by_text(OFFLINE)).to_have_count(0)


def test_device_that_says_offline_is_never_told_so(
    misled: Page, alice: User, conversation: Conversation
) -> None:
    misled.add_init_script(NOTE_TOLD)
    open_thread(misled, alice, conversation)

    misled.goto("/trainees")
    expect(misled.get_by_role("link", name="Bob Tester", exact=True)).to_be_visible()
    misled.evaluate("dispatchEvent(new Event('offline'))")
    misled.goto(path_of(conversation))
    expect(message(misled, "Hello")).to_be_visible()
    misled.evaluate("dispatchEvent(new Event('offline'))")
    write(misled, "after the event")

    expect_tick(misled, "after the event", "Sent")
    assert misled.evaluate("sessionStorage.getItem('told')") is None


def test_device_that_says_offline_renews_its_token_when_it_wakes(
    misled: Page, alice: User, conversation: Conversation
) -> None:
    misled.clock.install()
    open_thread(misled, alice, conversation)
    requests: list[str] = []
    misled.on("request", lambda request: requests.append(request.url))

    misled.clock.set_system_time(misled.evaluate("Date.now()") + 50 * 60 * 1000)
    misled.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    wait_until(misled, lambda: any("refresh" in url for url in requests))


@pytest.mark.complains(r"net::ERR_FAILED", r"WebSocket connection")
def test_device_that_says_offline_comes_back_from_a_lost_network_by_itself(
    misled: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    """No event says that the network is back: only an answer can."""
    misled.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    misled.route("**/api/**", lambda route: route.abort())
    misled.goto("/sign-in")
    fill_sign_in(misled, alice)
    expect(misled.get_by_text("The server can’t be reached")).to_be_visible()
    misled.unroute("**/api/**")
    misled.get_by_role("button", name="Sign in").click()
    misled.get_by_role("link", name=re.compile("Bob Tester")).click()
    expect(message(misled, "Hello")).to_be_visible()

    Person(server, tokens_of(bob)).send(conversation.pk, "asked for")
    write(misled, "posted")

    expect(message(misled, "asked for")).to_be_visible()
    expect_tick(misled, "posted", "Sent")
    expect(misled.get_by_text(OFFLINE)).to_have_count(0)


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection")
def test_lost_network_is_shown_at_once_and_messages_are_sent_when_it_returns(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)

    desk.context.set_offline(True)
    expect(desk.get_by_text(OFFLINE)).to_be_visible()
    write(desk, "into the dark")
    expect_tick(desk, "into the dark", "Sending")
    Person(server, tokens_of(bob)).send(conversation.pk, "meanwhile")
    desk.context.set_offline(False)

    expect(desk.get_by_text(OFFLINE)).to_have_count(0)
    expect_tick(desk, "into the dark", "Sent")
    expect(message(desk, "meanwhile")).to_be_visible()


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection")
def test_network_that_returns_without_an_event_is_detected(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    desk.add_init_script(
        "addEventListener('online', event => event.stopImmediatePropagation(), true);"
    )
    open_thread(desk, alice, conversation)
    desk.context.set_offline(True)
    expect(desk.get_by_text(OFFLINE)).to_be_visible()
    write(desk, "waits")

    desk.context.set_offline(False)

    expect_tick(desk, "waits", "Sent")
    expect(desk.get_by_text(OFFLINE)).to_have_count(0)
    expect(composer(desk)).to_have_value("")


@pytest.mark.complains(r"net::ERR_FAILED")
def test_unconfirmed_sign_out_is_retried_without_an_event(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    desk.clock.install()
    sign_in(desk, alice)
    desk.route("**/blacklist/", lambda route: route.abort())
    with desk.expect_event("requestfailed", lambda request: "blacklist" in request.url):
        sign_out(desk)
    desk.unroute("**/blacklist/")

    with desk.expect_response(lambda response: "blacklist" in response.url) as told:
        desk.clock.fast_forward(31_000)

    assert told.value.ok
