"""The installed app: it opens without a network, and updates without a broken page."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, hide, show, wait_for_worker
from tests.e2e.next_version import NAME
from tests.e2e.screens import (
    composer,
    conversations,
    message,
    navigation,
    open_thread,
    sign_in,
)
from tests.e2e.servers import bad_gateway, frozen, kill
from tests.system.server import WebServer
from users.models import User

pytestmark = [
    pytest.mark.service_worker,
    pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection"),
    # Chromium logs this because the profiles of these tests are not stored.
    pytest.mark.complains(r"does not support the Push API in incognito mode"),
]


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


def test_shell_and_cached_conversations_are_shown_without_a_network(
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
    """The service worker caches every module, even the modules of screens not yet opened."""
    sign_in(desk, alice)
    wait_for_worker(desk)
    desk.context.set_offline(True)

    for name in ("Trainees", "Invitations", "Settings"):
        navigation(desk).get_by_role("link", name=name).click()
        expect(desk.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_screen_first_opened_without_a_network_has_its_style_sheet(desk: Page, alice: User) -> None:
    """The cached page is the messages page, which does not link this style sheet."""
    sign_in(desk, alice)
    wait_for_worker(desk)
    desk.context.set_offline(True)

    desk.goto("/settings")

    expect(desk.locator(".page")).to_have_css("max-width", "736px")


@pytest.fixture
def kept(
    open_device: OpenDevice, mortal_server: WebServer, alice: User, conversation: Conversation
) -> Page:
    """A page with an open conversation, after the service worker has cached everything."""
    page = open_device(base_url=mortal_server.url)
    open_thread(page, alice, conversation)
    expect(conversations(page)).to_have_count(1)
    wait_for_worker(page)
    return page


def test_cached_page_opens_when_the_server_does_not_respond(
    kept: Page, mortal_server: WebServer
) -> None:
    with frozen(mortal_server):
        kept.reload()
        expect(conversations(kept)).to_have_count(1)
        expect(message(kept, "Hello")).to_be_visible()


@pytest.mark.complains(r"status of 502", r"net::ERR_")
def test_cached_page_opens_when_the_proxy_returns_502(kept: Page, mortal_server: WebServer) -> None:
    kill(mortal_server)
    with bad_gateway(mortal_server.port):
        kept.reload()
        expect(conversations(kept)).to_have_count(1)
        expect(message(kept, "Hello")).to_be_visible()


@pytest.mark.complains(r"net::ERR_")
def test_update_is_offered_and_applied_without_a_broken_page(
    open_device: OpenDevice, mortal_server: WebServer, alice: User, conversation: Conversation
) -> None:
    page = open_device(base_url=mortal_server.url)
    open_thread(page, alice, conversation)
    wait_for_worker(page)
    composer(page).fill("a draft")

    kill(mortal_server)
    mortal_server.environment["TEST_NEXT_VERSION"] = "1"
    mortal_server.start()
    # A page checks for updates once an hour, and whenever it becomes visible.
    hide(page)
    show(page)

    expect(page.get_by_text("A new version is available.")).to_be_visible()
    expect(message(page, "Hello")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    expect(message(page, "Hello")).to_be_visible()
    expect(composer(page)).to_have_value("a draft")
    assert page.evaluate(BUILDS) == [f"build-{NAME}"]


@pytest.mark.complains(r"net::ERR_")
def test_update_in_one_tab_keeps_the_half_filled_form_of_another(
    open_device: OpenDevice, mortal_server: WebServer, alice: User
) -> None:
    page = sign_in(open_device(base_url=mortal_server.url), alice)
    wait_for_worker(page)
    other = page.context.new_page()
    other.goto("/invitations")
    other.get_by_label("Email").fill("eve@gym.example")
    other.get_by_label("Message").press_sequentially("Half a sen")

    kill(mortal_server)
    mortal_server.environment["TEST_NEXT_VERSION"] = "1"
    mortal_server.start()
    page.bring_to_front()
    hide(page)
    show(page)
    expect(page.get_by_text("A new version is available.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()

    other.bring_to_front()
    expect(other.get_by_text("A new version is available.")).to_be_visible()
    expect(other.get_by_label("Message")).to_have_value("Half a sen")
    expect(other.get_by_label("Email")).to_have_value("eve@gym.example")
    with other.expect_navigation():
        other.get_by_role("button", name="Reload").click()


BUILDS = "caches.keys().then(names => names.filter(name => name.startsWith('build-')))"
