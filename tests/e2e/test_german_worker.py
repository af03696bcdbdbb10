"""What the service worker shows to people who read German: pages without a network, and notifications."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from notifications.contents import get_notification
from notifications.models import DeviceToken
from notifications.selectors import Delivery
from notifications.senders.web_push import payload_of
from tests.e2e.devices import OpenDevice, Sockets, hide, wait_for_worker, wait_until
from tests.e2e.full_browser import browser, context_pool  # noqa: F401 - fixtures
from tests.e2e.photos import picture, send_photos
from tests.e2e.push import deliver
from tests.e2e.screens import open_thread, sign_in
from tests.e2e.test_german import expect_german
from tests.e2e.test_notifications import SHOWN, open_quiet_settings
from tests.factories import PASSWORD, tokens_of, write
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

pytestmark = [
    pytest.mark.service_worker,
    pytest.mark.complains(r"net::ERR_", r"WebSocket", r"status of 404", r"Push API in incognito"),
]
LATER = "Du bist offline. Das wird geladen, sobald du wieder online bist."
NOT_STARTED = "Diese Seite konnte nicht starten"
KEPT_PAGE = "caches.match('/', { ignoreVary: true }).then(page => page.text())"


def keeps_german_page(page: Page) -> bool:
    """Return whether the page that the worker has for times without a network is in German."""
    html = str(page.evaluate(KEPT_PAGE))
    return '<html lang="de"' in html and NOT_STARTED in html


def test_pages_without_a_network_are_in_the_language_of_the_browser(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    page = open_device(locale="de-DE")
    open_thread(page, alice, conversation)
    wait_for_worker(page)
    assert keeps_german_page(page)
    page.context.set_offline(True)

    page.goto("/messages/987654321")
    expect(page.get_by_text(LATER).first).to_be_visible()
    expect_german(page)
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    expect_german(page)


def test_page_for_times_without_a_network_follows_the_account(
    open_device: OpenDevice, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(language="de")
    page = open_device()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Nachrichten").first).to_be_visible()
    wait_for_worker(page)

    wait_until(page, lambda: keeps_german_page(page))
    page.context.set_offline(True)
    page.goto("/messages/987654321")
    expect(page.get_by_text(LATER).first).to_be_visible()
    expect_german(page)
    page.context.set_offline(False)
    page.goto("/settings")
    page.get_by_role("button", name="Abmelden").locator("visible=true").first.click()

    expect(page.get_by_role("heading", name="Willkommen zurück")).to_be_visible()
    wait_until(page, lambda: not keeps_german_page(page))


# Notifications
# ------------------------------------------------------------------------------
def push_to(reader: User, conversation: Conversation) -> dict[str, Any]:
    """Return what the server pushes to a reader now."""
    device, _ = DeviceToken.objects.get_or_create(user=reader, platform="ios", token="token")
    notification = get_notification(Delivery(conversation.pk, reader.pk, device.pk, 10_000))
    assert notification
    payload: dict[str, Any] = json.loads(payload_of(notification))
    return payload


@pytest.fixture
def german(settings: Any, alice: User) -> User:
    """Alice, who reads German on a device that is in English, and can be notified."""
    settings.FCM_CREDENTIALS_FILE = "any"
    alice.language = "de"
    alice.save()
    return alice


def test_pushed_notifications_are_in_the_language_of_the_account(
    open_device: OpenDevice, server: WebServer, german: User, bob: User, conversation: Conversation
) -> None:
    photo = send_photos(server, bob, conversation, picture())
    page = open_quiet_settings(open_device, german)
    page.goto("/healthz")  # a page of the client closes and changes notifications too

    deliver(page, push_to(german, conversation))
    expect_shown(page, "Bob Tester", "Hat ein Foto gesendet")
    (second,) = write(bob, conversation, "Bis morgen")
    deliver(page, push_to(german, conversation))
    expect_shown(page, "Bob Tester", "2 neue Nachrichten")

    # What was deleted is no longer announced, and what was edited is as it is now.
    path = f"messaging/conversations/{conversation.pk}/messages"
    bobs = Person(server, tokens_of(bob))
    assert bobs.http.delete(f"{path}/{photo['id']}/").is_success
    assert bobs.http.patch(f"{path}/{second.pk}/", json={"content": "Bis Montag"}).is_success
    User.objects.filter(pk=bob.pk).update(first_name="", last_name="")
    deliver(page, push_to(german, conversation))
    expect_shown(page, "Neue Nachricht", "Bis Montag")


def test_hidden_page_shows_german_notifications_of_photos_edits_and_deletions(
    open_device: OpenDevice, server: WebServer, german: User, bob: User, conversation: Conversation
) -> None:
    page = open_device(permissions=["notifications"])
    sockets = Sockets(page)
    sign_in(page, german, "/settings")
    wait_for_worker(page)
    expect(page.get_by_role("switch")).to_be_checked()
    sockets.wait_until_live(1)
    hide(page)
    bobs = Person(server, tokens_of(bob))
    path = f"messaging/conversations/{conversation.pk}/messages"

    first = bobs.send(conversation.pk, "Bis morgen").json()
    expect_shown(page, "Bob Tester", "Bis morgen")
    assert bobs.http.patch(f"{path}/{first['id']}/", json={"content": "Bis Montag"}).is_success
    expect_shown(page, "Bob Tester", "Bis Montag")
    photo = send_photos(server, bob, conversation, picture())
    expect_shown(page, "Bob Tester", "Foto gesendet")
    assert bobs.http.delete(f"{path}/{photo['id']}/").is_success
    wait_until(page, lambda: page.evaluate(SHOWN) == [])


def expect_shown(page: Page, title: str, body: str) -> None:
    """Wait until the only notification has this title and text."""
    wait_until(
        page,
        lambda: [(each["title"], each["body"]) for each in page.evaluate(SHOWN)] == [(title, body)],
    )
