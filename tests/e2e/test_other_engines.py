"""
Photos, second thoughts, search and joining in Firefox and WebKit; the other person uses Chromium.

The stories of an engine share its browser, which forgets everything between them. "Offline" is a proxy that
has ended, as in test_browsers.py.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from messaging.models import Attachment, Conversation
from tests.e2e.devices import DESK, OpenDevice
from tests.e2e.photos import picture
from tests.e2e.proxy import Proxy
from tests.e2e.secure_site import Site, unreachable
from tests.e2e.test_history import fill
from tests.e2e.test_long_history import MOST_NODES
from tests.e2e.webdriver.actions import (
    TEXT,
    choose,
    close_dialog,
    expect_in_view,
    expect_photo,
    open_thread,
    sign_in,
)
from tests.e2e.webdriver.browsers import open_engine, open_firefox
from tests.e2e.webdriver.german_story import fill_sign_in, join, look_at, work_in_german
from tests.e2e.webdriver.tabs import DrivenTab, PlaywrightTab, Tab
from tests.factories import PASSWORD, tokens_of, write
from tests.system.people import Person
from tests.system.server import WebServer
from trainer.codes import make_code
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee
from users.models import User

pytestmark = pytest.mark.complains("net::ERR_", "502", "WebSocket")

ENGINES = ["firefox", "webkit"]
COUNT = 3_000
DELETED = "This message was deleted"
CONTROL, NO_KEY = "\ue009", "\ue000"


@pytest.fixture(params=ENGINES)
def tab(request: pytest.FixtureRequest, proxy: Proxy) -> Iterator[DrivenTab]:
    """A tab of a browser that nobody has used before."""
    with open_engine(request.param) as connection:
        yield DrivenTab(connection, proxy.url, keeps_pages=False)


@pytest.fixture
def german_tab(proxy: Proxy) -> Iterator[DrivenTab]:
    """A tab of a person whose browser is in German."""
    with open_firefox("de") as connection:
        yield DrivenTab(connection, proxy.url, keeps_pages=False)


@pytest.fixture
def other(proxy: Proxy, open_device: OpenDevice) -> Tab:
    """Another person's Chromium."""
    options = {"base_url": proxy.url, "ignore_https_errors": True}
    return PlaywrightTab(open_device(fresh=True, **DESK, **options))


@pytest.fixture
def server(secure_site: Site, transactional_db: None) -> WebServer:
    return secure_site[1]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "photo.jpg"
    file.write_bytes(picture(1600, 1200))
    return file


@pytest.fixture
def bobs(server: WebServer, bob: User) -> Person:
    """Bob, who uses the API."""
    return Person(server, tokens_of(bob))


def test_photo_that_is_chosen_offline_is_sent_later(
    tab: DrivenTab,
    other: Tab,
    proxy: Proxy,
    photo: Path,
    alice: User,
    bob: User,
    conversation: Conversation,
) -> None:
    open_thread(other, alice, conversation)
    open_thread(tab, bob, conversation)
    tab.wait_until(lambda: tab.run(HAS_LATER_MODULES), "the page does not load all modules")
    tab.wait_until(lambda: tab.run(HAS_WORKER), "the page has no service worker")
    with unreachable(proxy):
        tab.upload("message-composer input[type=file]", photo)
        tab.expect(".photo-strip button")
        tab.write("textarea", "From today\n")
        tab.expect(".message", "From today")
        tab.expect(".message [role=progressbar]")
        tab.reload()
        tab.expect(".message [role=progressbar]")
        assert Attachment.objects.count() == 0

    for each in (tab, other):
        each.expect(".message", "From today")
        expect_photo(each)
    assert Attachment.objects.filter(message__content="From today").count() == 1
    tab.click(".message .photo")
    tab.wait_until(lambda: tab.run(IS_VIEWER_SHARP), "the viewer shows no photo")
    close_dialog(tab, ".viewer [autofocus]")


def test_edit_and_deletion_are_seen_at_once_and_after_a_reconnect(
    tab: DrivenTab,
    other: PlaywrightTab,
    proxy: Proxy,
    alice: User,
    bob: User,
    bobs: Person,
    conversation: Conversation,
) -> None:
    write(alice, conversation, "wrong person")
    his = [each.pk for each in write(bob, conversation, "a mistake", "not for you")]
    open_thread(other, bob, conversation)
    open_thread(tab, alice, conversation)

    choose(tab, "Hello", "edit")
    tab.write("textarea", " Bob\n")
    choose(tab, "wrong person", "delete")
    for each in (tab, other):
        each.expect(".message", "Hello Bob")
        each.expect(".edited")
        each.expect(".message.deleted", DELETED)
        each.expect_none(TEXT, "wrong person")

    path = f"messaging/conversations/{conversation.pk}/messages"
    with unreachable(proxy):
        assert bobs.http.patch(f"{path}/{his[0]}/", json={"content": "put right"}).is_success
        assert bobs.http.delete(f"{path}/{his[1]}/").is_success
    for each in (tab, other):
        each.expect(TEXT, "put right")
        each.expect_none(TEXT, "a mistake")
        each.expect_none(TEXT, "not for you")
    assert tab.run(COUNT_MESSAGES) == 4


def test_reaction_and_reply_are_seen_by_the_other_person(
    tab: DrivenTab, other: Tab, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(other, bob, conversation)
    open_thread(tab, alice, conversation)

    choose(tab, "Hello", "👍")
    choose(tab, "Hello", "reply")
    tab.write("textarea", "And again\n")

    for each, author in ((tab, "You"), (other, "Alice Tester")):
        each.expect(".reaction", "👍")
        each.expect(".quote", author)
        each.expect(".quote", "Hello")
        each.expect(TEXT, "And again")
    other.click(".reaction")
    tab.expect(".reaction-count", "2")


def test_message_of_3000_ago_is_found_and_left_again(
    tab: DrivenTab, alice: User, conversation: Conversation
) -> None:
    fill(conversation, COUNT)
    conversation.messages.filter(content="message 3").update(content="the needle")
    open_thread(tab, alice, conversation)
    tab.write("textarea", f"{CONTROL}k{NO_KEY}")
    tab.write("search-dialog input", "needle")
    tab.click(".search-option", "the needle")

    for text in ("the needle", "message 2", "message 4"):
        expect_in_view(tab, text)
    assert tab.run("location.search").startswith("?message=")
    tab.click(".newest-button")
    expect_in_view(tab, f"message {COUNT - 1}")
    tab.expect_none(".newest-button")
    assert tab.run("location.search") == ""


def test_3000_messages_are_read_back_within_the_default_limits(
    tab: DrivenTab, server: WebServer, alice: User, conversation: Conversation
) -> None:
    fill(conversation, COUNT)
    logged = len(server.log.read_text())
    open_thread(tab, alice, conversation)

    found: dict[int, str] = {}
    is_there = False
    while not is_there:
        rows, is_there = tab.run(READ_BACK)
        found |= dict(rows)

    texts = [found[key] for key in sorted(found)]
    assert texts == ["Hello", *(f"message {n}" for n in range(COUNT))]
    assert tab.run(COUNT_NODES) < MOST_NODES
    lines = map(json.loads, server.log.read_text()[logged:].splitlines())
    requests = [each for each in lines if each.get("route", "").endswith("/messages/")]
    assert {each["status"] for each in requests} == {200}


def test_trainee_who_joins_writes_first(tab: DrivenTab, other: Tab, alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="erin@example.com", message="Join us!")
    sign_in(other, alice)
    other.expect("h2", "No conversations")

    tab.open(f"/join#code={make_code(invitation)}")
    tab.expect("h1", "Alice Tester has invited you")
    tab.expect("blockquote", "Join us!")
    tab.write("input[name=first_name]", "Erin")
    tab.write("input[name=last_name]", "Evans")
    tab.write("input[name=password]", f"{PASSWORD}\n")

    tab.expect(".event-text", "You have joined")
    other.expect(".conversation", "Erin has joined")
    tab.write("textarea", "Hello Alice\n")
    other.expect(".conversation", "Hello Alice")
    other.click(".conversation", "Erin Evans")
    other.expect(".event-text", "Erin has joined")
    other.expect(TEXT, "Hello Alice")


def test_story_is_in_the_language_of_the_browser(
    german_tab: DrivenTab,
    photo: Path,
    alice: User,
    bob: User,
    bobs: Person,
    conversation: Conversation,
) -> None:
    german_tab.open("/")
    look_at(german_tab, "h1", "Willkommen zurück")
    fill_sign_in(german_tab, alice)

    work_in_german(german_tab, photo, bobs, bob, conversation)

    german_tab.click(".nav-sign-out button")
    look_at(german_tab, "h1", "Willkommen zurück")
    join(german_tab, Invitation.objects.get())


# Its language is that of the operating system, and a system has only the languages that were installed.
@pytest.mark.parametrize("tab", ["webkit"], indirect=True)
def test_story_is_in_the_language_of_the_account(
    tab: DrivenTab, photo: Path, alice: User, bob: User, bobs: Person, conversation: Conversation
) -> None:
    alice.language = "de"
    alice.save()
    tab.open("/")
    tab.expect("h1", "Welcome back")
    fill_sign_in(tab, alice)

    work_in_german(tab, photo, bobs, bob, conversation)


HAS_LATER_MODULES = "Boolean(customElements.get('message-menu'))"
HAS_WORKER = "navigator.serviceWorker?.controller?.state === 'activated'"
IS_VIEWER_SHARP = """document.querySelector(".viewer img")?.naturalWidth >= 1600"""
COUNT_MESSAGES = """document.querySelectorAll(".message").length"""
COUNT_NODES = """(() => {
    const walker = document.createTreeWalker(document.querySelector("[role=log]"));
    let count = 0;
    while (walker.nextNode()) count += 1;
    return count;
})()"""
# Scroll back for some seconds; return what was passed, and whether the log has come to rest at its top.
READ_BACK = """(async () => {
    const log = document.querySelector("[role=log]");
    const frame = () => new Promise((done) => window.requestAnimationFrame(done));
    const found = new Map();
    const end = performance.now() + 5_000;
    let still = 0;
    while (performance.now() < end) {
        for (const row of log.querySelectorAll(".message[data-message-id]"))
            found.set(Number(row.dataset.messageId), row.querySelector(".bubble-text").textContent);
        const before = log.scrollTop;
        log.scrollBy(0, -2 * log.clientHeight);
        await frame();
        still = log.scrollTop === before && !log.querySelector(".history-top") ? still + 1 : 0;
        if (still > 20) return [[...found], true];
    }
    return [[...found], false];
})()"""
