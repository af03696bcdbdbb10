"""Installed: a shell without a network, an update without a broken page, and notifications."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, hide, show, wait_until
from tests.e2e.next_version import NAME
from tests.e2e.screens import (
    composer,
    conversations,
    message,
    navigation,
    open_thread,
    path_of,
    sign_in,
    sign_out,
)
from tests.e2e.servers import bad_gateway, frozen, kill, make_server
from tests.factories import tokens_of
from tests.live.people import Person
from tests.live.server import WebServer
from users.models import User

pytestmark = [
    pytest.mark.service_worker,
    pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection"),
    # Of Chromium itself, where nothing of a profile is kept.
    pytest.mark.complains(r"does not support the Push API in incognito mode"),
]


def wait_for_worker(page: Page) -> None:
    """Wait until the service worker has kept everything, and answers for this page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))


def test_app_can_be_installed(desk: Page) -> None:
    desk.goto("/sign-in")
    href = desk.locator("link[rel=manifest]").get_attribute("href")
    manifest = desk.request.get(str(href)).json()

    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/messages")
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    assert any("maskable" in icon.get("purpose", "") for icon in manifest["icons"])
    for icon in manifest["icons"]:
        assert desk.request.get(icon["src"]).ok
    errors = desk.context.new_cdp_session(desk).send("Page.getInstallabilityErrors")
    found = {error["errorId"] for error in errors["installabilityErrors"]}
    assert found <= {"in-incognito"}


def test_shell_and_cached_conversations_show_without_a_network(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    expect(conversations(desk)).to_have_count(1)
    wait_for_worker(desk)
    context = desk.context
    desk.close()
    context.set_offline(True)

    page = context.new_page()
    page.goto("/messages")

    expect(conversations(page)).to_have_count(1)
    conversations(page).first.click()
    expect(message(page, "Hello")).to_be_visible()
    expect(page.get_by_text("You are offline")).to_be_visible()
    navigation(page).get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_all_screens_open_without_a_network(desk: Page, alice: User) -> None:
    """The worker keeps every module, also of screens that nobody has opened yet."""
    sign_in(desk, alice)
    wait_for_worker(desk)
    desk.context.set_offline(True)

    for name in ("Trainees", "Invitations", "Settings"):
        navigation(desk).get_by_role("link", name=name).click()
        expect(desk.get_by_role("heading", name=name, level=1)).to_be_visible()


@pytest.fixture(scope="module")
def mortal_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    with django_db_blocker.unblock(), make_server(static_root) as server:
        yield server


@pytest.fixture
def kept(
    open_device: OpenDevice, mortal_server: WebServer, alice: User, conversation: Conversation
) -> Page:
    """A page that is kept on the device, with its conversation."""
    page = open_device(base_url=mortal_server.url)
    open_thread(page, alice, conversation)
    expect(conversations(page)).to_have_count(1)
    wait_for_worker(page)
    return page


def test_kept_page_opens_when_the_server_answers_nothing(
    kept: Page, mortal_server: WebServer
) -> None:
    with frozen(mortal_server):
        kept.reload()
        expect(conversations(kept)).to_have_count(1)
        expect(message(kept, "Hello")).to_be_visible()


@pytest.mark.complains(r"status of 502", r"net::ERR_")
def test_kept_page_opens_when_the_server_is_away_behind_its_proxy(
    kept: Page, mortal_server: WebServer
) -> None:
    kill(mortal_server)
    with bad_gateway(mortal_server.port):
        kept.reload()
        expect(conversations(kept)).to_have_count(1)
        expect(message(kept, "Hello")).to_be_visible()
    mortal_server.start()


@pytest.mark.complains(r"net::ERR_")
def test_update_is_offered_and_taken_without_a_broken_page(
    open_device: OpenDevice, mortal_server: WebServer, alice: User, conversation: Conversation
) -> None:
    page = open_device(base_url=mortal_server.url)
    open_thread(page, alice, conversation)
    wait_for_worker(page)
    composer(page).fill("a draft")

    kill(mortal_server)
    mortal_server.environment["TEST_NEXT_VERSION"] = "1"
    mortal_server.start()
    # As once an hour, and whenever somebody comes back to the page.
    hide(page)
    show(page)

    expect(page.get_by_text("A new version is ready.")).to_be_visible()
    expect(message(page, "Hello")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    expect(message(page, "Hello")).to_be_visible()
    expect(composer(page)).to_have_value("a draft")
    assert page.evaluate(BUILDS) == [f"build-{NAME}"]


BUILDS = "caches.keys().then(names => names.filter(name => name.startsWith('build-')))"


def test_push_shows_a_notification_that_opens_the_conversation(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_device(permissions=["notifications"])
    sign_in(page, alice, "/settings")
    wait_for_worker(page)

    deliver_push(page, conversation, "Bob Tester", "Are you there?")

    expect_notifications(page, 1)
    (shown,) = page.evaluate(SHOWN)
    assert shown == {
        "title": "Bob Tester",
        "body": "Are you there?",
        "path": path_of(conversation),
    }
    click_notification(page, conversation)
    expect(message(page, "Hello")).to_be_visible()


def test_click_leads_to_a_window_of_the_client_and_to_no_other(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_device()
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    look = page.context.new_page()
    look.goto(f"/trainees/{bob.pk}")
    look.get_by_role("button", name="View as trainee").click()
    expect(look.get_by_text("You are looking through")).to_be_visible()
    look.goto("/settings")
    docs = page.context.new_page()
    docs.goto("/healthz")

    click_notification(page, conversation)

    expect(message(page, "Hello")).to_be_visible()
    expect(look).to_have_url(re.compile("/settings$"))


def click_notification(page: Page, conversation: Conversation) -> None:
    worker = page.context.service_workers[0]
    worker.evaluate(
        """path => dispatchEvent(Object.assign(new ExtendableEvent("notificationclick"), {
            notification: { close() {}, data: { path } },
        }))""",
        path_of(conversation),
    )


def test_push_is_silent_for_who_looks_at_the_conversation(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_device(permissions=["notifications"])
    open_thread(page, alice, conversation)
    wait_for_worker(page)

    deliver_push(page, conversation, "Bob Tester", "Are you there?")
    other = Conversation(pk=conversation.pk + 1)
    deliver_push(page, other, "Carol Tester", "And you?")

    expect_notifications(page, 1)
    assert [each["title"] for each in page.evaluate(SHOWN)] == ["Carol Tester"]


def test_notification_goes_when_the_message_is_read_elsewhere(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    Person(server, tokens_of(bob)).send(conversation.pk, "Are you there?")
    page = open_device(permissions=["notifications"])
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    deliver_push(page, conversation, "Bob Tester", "Are you there?")
    expect_notifications(page, 1)

    Person(server, tokens_of(alice)).read(conversation.pk)

    expect_notifications(page, 0)


def test_hidden_page_notifies_where_there_is_no_push_service(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_device(permissions=["notifications"])
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    expect(page.get_by_role("switch")).to_be_checked()
    hide(page)

    Person(server, tokens_of(bob)).send(conversation.pk, "Are you there?")

    expect_notifications(page, 1)
    (shown,) = page.evaluate(SHOWN)
    assert (shown["title"], shown["body"]) == ("Bob Tester", "Are you there?")


def test_switch_says_why_it_cannot_be_turned_on(open_device: OpenDevice, alice: User) -> None:
    page = open_device()
    page.add_init_script("Object.defineProperty(Notification, 'permission', { value: 'denied' })")

    sign_in(page, alice, "/settings")

    expect(page.get_by_role("switch")).to_be_disabled()
    expect(page.get_by_text("blocked in the settings of the browser")).to_be_visible()


def test_subscription_is_registered_and_forgotten_with_the_sign_out(
    open_device: OpenDevice, alice: User
) -> None:
    page = open_device(permissions=["notifications"])
    page.add_init_script(STUB_PUSH)

    sign_in(page, alice, "/settings")

    expect(page.get_by_role("switch")).to_be_checked()
    endpoint = "https://push.example.com/a-browser"
    expect_tokens(page, alice, [endpoint])
    sign_out(page)
    expect_tokens(page, alice, [])


def expect_tokens(page: Page, person: User, endpoints: list[str]) -> None:
    """Wait until the server knows these push addresses of somebody."""

    def holds() -> bool:
        rows = person.device_tokens.filter(platform="web")
        return [json.loads(each.token)["endpoint"] for each in rows] == endpoints

    wait_until(page, holds)


def expect_notifications(page: Page, count: int) -> None:
    """Wait until so many notifications of this site are shown."""
    wait_until(page, lambda: len(page.evaluate(SHOWN)) == count)


SHOWN = """navigator.serviceWorker.ready
    .then(registration => registration.getNotifications())
    .then(all => all.map(({ title, body, data }) => ({ title, body, path: data.path })))"""

# This Chromium has no push service; the rest of the way is the product's.
STUB_PUSH = """
    const keys = {
        p256dh: "BCbvzr0O6eNKZpGH4Ys6kSKy9zOUW2Scyfn5Ien52tgSkCOL3pzHuzMNFQxncE3SWucFUgV0S28xv0BwdFhy0OY",
        auth: "c2l4dGVlbi1ieXRlcy1vaw",
    };
    const subscription = {
        endpoint: "https://push.example.com/a-browser",
        options: { applicationServerKey: new ArrayBuffer(0) },
        toJSON: () => ({ endpoint: subscription.endpoint, keys }),
        unsubscribe: async () => { delete sessionStorage.isSubscribed; return true; },
    };
    PushManager.prototype.getSubscription = async () =>
        sessionStorage.isSubscribed ? subscription : null;
    PushManager.prototype.subscribe = async () => {
        sessionStorage.isSubscribed = "yes";
        return subscription;
    };
"""


def deliver_push(page: Page, conversation: Conversation, title: str, body: str) -> None:
    """Hand the service worker a push message, as the browser would."""
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    wait_until(page, lambda: bool(registrations))
    data = {
        "title": title,
        "body": body,
        "conversation_id": conversation.pk,
        "unread_count": 1,
    }
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": page.evaluate("location.origin"),
            "registrationId": registrations[-1]["registrationId"],
            "data": json.dumps(data),
        },
    )
