"""`navigator.onLine` is false although the network works, as with some VPNs; and a real outage."""

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

# The hint never changes, so there is no event either.
SAYS_OFFLINE = """Object.defineProperty(Navigator.prototype, "onLine", { get: () => false });"""
OFFLINE = re.compile("You are offline")
# Recorded in the session storage, which survives page loads. When a page is left, its requests that had no
# answer yet fail.
NOTE_OFFLINE_SHOWN = """const observer = new MutationObserver(() => {
    const text = document.body?.textContent ?? "";
    if (/You are offline/.test(text)) sessionStorage.setItem("told", text);
});
observer.observe(document, { childList: true, subtree: true, characterData: true });
addEventListener("pagehide", () => observer.disconnect());"""


@pytest.fixture
def reported_offline(desk: Page) -> Page:
    """A browser whose `navigator.onLine` is false."""
    desk.add_init_script(SAYS_OFFLINE)
    return desk


def test_device_reported_offline_signs_in_sends_and_receives(
    reported_offline: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    sockets = Sockets(reported_offline)
    open_thread(reported_offline, alice, conversation)

    Person(server, tokens_of(bob)).send(conversation.pk, "live")
    expect(message(reported_offline, "live")).to_be_visible()
    write(reported_offline, "sent all the same")

    expect_tick(reported_offline, "sent all the same", "Sent")
    wait_until(reported_offline, lambda: len(sockets.opened) == 2)
    assert sockets.closed == []
    expect(reported_offline.get_by_text(OFFLINE)).to_have_count(0)


def test_device_reported_offline_never_shows_offline(
    reported_offline: Page, alice: User, conversation: Conversation
) -> None:
    reported_offline.add_init_script(NOTE_OFFLINE_SHOWN)
    open_thread(reported_offline, alice, conversation)

    reported_offline.goto("/trainees")
    expect(reported_offline.get_by_role("link", name="Bob Tester", exact=True)).to_be_visible()
    reported_offline.evaluate("dispatchEvent(new Event('offline'))")
    reported_offline.goto(path_of(conversation))
    expect(message(reported_offline, "Hello")).to_be_visible()
    reported_offline.evaluate("dispatchEvent(new Event('offline'))")
    write(reported_offline, "after the event")

    expect_tick(reported_offline, "after the event", "Sent")
    assert reported_offline.evaluate("sessionStorage.getItem('told')") is None


def test_device_reported_offline_renews_its_token_on_wake_up(
    reported_offline: Page, alice: User, conversation: Conversation
) -> None:
    reported_offline.clock.install()
    open_thread(reported_offline, alice, conversation)
    requests: list[str] = []
    reported_offline.on("request", lambda request: requests.append(request.url))

    reported_offline.clock.set_system_time(reported_offline.evaluate("Date.now()") + 50 * 60 * 1000)
    reported_offline.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    wait_until(reported_offline, lambda: any("refresh" in url for url in requests))


@pytest.mark.complains(r"net::ERR_FAILED", r"WebSocket connection")
def test_device_reported_offline_reconnects_after_an_outage(
    reported_offline: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    """No event reports the return of the network; only a response can."""
    reported_offline.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    reported_offline.route("**/api/**", lambda route: route.abort())
    reported_offline.goto("/sign-in")
    fill_sign_in(reported_offline, alice)
    expect(reported_offline.get_by_text("The server can’t be reached")).to_be_visible()
    reported_offline.unroute("**/api/**")
    reported_offline.get_by_role("button", name="Sign in").click()
    reported_offline.get_by_role("link", name=re.compile("Bob Tester")).click()
    expect(message(reported_offline, "Hello")).to_be_visible()

    Person(server, tokens_of(bob)).send(conversation.pk, "asked for")
    write(reported_offline, "posted")

    expect(message(reported_offline, "asked for")).to_be_visible()
    expect_tick(reported_offline, "posted", "Sent")
    expect(reported_offline.get_by_text(OFFLINE)).to_have_count(0)


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection")
def test_outage_is_shown_at_once_and_messages_are_sent_when_it_ends(
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
