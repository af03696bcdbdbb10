"""The browser's database survives upgrades, rollbacks and other tabs, with the outbox in it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.screens import composer, expect_tick, message, open_thread, path_of, write
from tests.system.server import WebServer
from users.models import User

# A literal copy of what release 1 creates, so that changes of the client cannot change it.
CREATE_RELEASED = """([name, entry, draft]) => new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onerror = reject;
    opening.onupgradeneeded = () => {
        const db = opening.result;
        db.createObjectStore("kv");
        db.createObjectStore("threads", { keyPath: "id" });
        db.createObjectStore("outbox", { keyPath: "client_id" });
        db.createObjectStore("drafts");
        const { transaction } = opening;
        transaction.objectStore("kv").put("off", "notifications");
        transaction.objectStore("outbox").put(entry);
        transaction.objectStore("drafts").put(draft, `${entry.conversation_id}`);
    };
    opening.onsuccess = () => { opening.result.close(); resolve(); };
})"""
READ_ALL = """name => new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = reject;
    opening.onsuccess = () => {
        const db = opening.result;
        const found = { version: db.version };
        const transaction = db.transaction(db.objectStoreNames);
        for (const name of db.objectStoreNames) {
            transaction.objectStore(name).getAll().onsuccess = ({ target }) => {
                found[name] = target.result;
            };
        }
        transaction.oncomplete = () => { db.close(); resolve(found); };
    };
})"""
UPGRADE_TO_9 = """name => new Promise((resolve) => {
    const opening = indexedDB.open(name, 9);
    opening.onupgradeneeded = () => opening.result.createObjectStore("reactions");
    opening.onsuccess = () => { opening.result.close(); resolve(); };
})"""
HOLD_OPEN = """name => new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => { globalThis.held = opening.result; resolve(); };
})"""
ADDING_STEP = 'STEPS.push((db) => db.createObjectStore("reactions"));'
FAILING_STEP = 'STEPS.push(() => { throw new Error("This step fails."); });'


@pytest.fixture
def server(unbundled_server: WebServer, transactional_db: None) -> WebServer:
    """Tests here replace a module of the client."""
    return unbundled_server


@pytest.fixture
def old(open_device: OpenDevice, bob: User, conversation: Conversation) -> BrowserContext:
    """A browser with the database of release 1, which has a message and a draft of Bob's."""
    page = open_device()
    page.goto("/healthz")
    entry = {
        "client_id": "0b0c9a52-5a0c-4a52-a3a3-5b2f4a1f3a01",
        "conversation_id": conversation.pk,
        "trainee_id": None,
        "content": "written before the upgrade",
        "created_at": 1_790_000_000_000,
        "order": 1,
        "state": "waiting",
        "error": None,
        "retryAt": 0,
        "attempts": 0,
    }
    page.evaluate(CREATE_RELEASED, [name_of(bob), entry, "an old draft"])
    page.close()
    return page.context


@pytest.fixture
def add_step(old: BrowserContext) -> Callable[[str], None]:
    """Serve the client of a later release, with one more step in its schema."""

    def add_step(step: str) -> None:
        def fulfill(route: Route) -> None:
            body = route.fetch().text() + step
            route.fulfill(content_type="text/javascript", body=body)

        old.route("**/core/schema*.js", fulfill)

    return add_step


def name_of(person: User) -> str:
    return f"messaging-{person.pk}"


def read_all(page: Page, person: User) -> dict[str, Any]:
    """Return the version of the database, and all rows by store."""
    found: dict[str, Any] = page.evaluate(READ_ALL, name_of(person))
    return found


def expect_sent_once(page: Page, conversation: Conversation) -> None:
    expect_tick(page, "written before the upgrade", "Sent")
    expect(message(page, "Hello")).to_be_visible()
    page.reload()
    expect_tick(page, "written before the upgrade", "Sent")
    assert texts_of(conversation) == ["Hello", "written before the upgrade"]


def texts_of(conversation: Conversation) -> list[str]:
    return [each.content for each in conversation.messages.order_by("id")]


@pytest.mark.parametrize(("step", "version"), [("", 2), (ADDING_STEP, 3)], ids=["same", "next"])
def test_message_in_an_old_database_is_sent_once(
    old: BrowserContext,
    add_step: Callable[[str], None],
    bob: User,
    conversation: Conversation,
    step: str,
    version: int,
) -> None:
    add_step(step)

    page = open_thread(old.new_page(), bob, conversation)

    expect_sent_once(page, conversation)
    expect(composer(page)).to_have_value("an old draft")
    wait_until(page, lambda: read_all(page, bob)["outbox"] == [])
    rows = read_all(page, bob)
    assert rows["version"] == version
    assert rows["drafts"] == ["an old draft"]
    assert "off" in rows["kv"]


def test_message_in_the_database_of_a_newer_release_is_sent_once(
    old: BrowserContext, bob: User, conversation: Conversation
) -> None:
    """The newer release has been rolled back."""
    page = old.new_page()
    page.goto("/healthz")
    page.evaluate(UPGRADE_TO_9, name_of(bob))

    open_thread(page, bob, conversation)

    expect_sent_once(page, conversation)
    expect(composer(page)).to_have_value("an old draft")
    wait_until(page, lambda: read_all(page, bob)["outbox"] == [])
    assert read_all(page, bob)["version"] == 9


@pytest.mark.complains(r"This step fails|Uncaught exception in event handler")
def test_message_is_sent_once_although_the_upgrade_fails(
    old: BrowserContext, add_step: Callable[[str], None], bob: User, conversation: Conversation
) -> None:
    add_step(FAILING_STEP)

    page = open_thread(old.new_page(), bob, conversation)

    expect_sent_once(page, conversation)
    assert read_all(page, bob)["version"] == 1


@pytest.mark.complains(r"net::ERR_FAILED")
def test_tab_closes_its_database_for_an_upgrade_and_continues(
    old: BrowserContext, add_step: Callable[[str], None], bob: User, conversation: Conversation
) -> None:
    before = open_thread(old.new_page(), bob, conversation)
    expect_tick(before, "written before the upgrade", "Sent")
    add_step(ADDING_STEP)
    after = old.new_page()
    after.goto(path_of(conversation))
    expect_tick(after, "written before the upgrade", "Sent")
    wait_until(after, lambda: read_all(after, bob)["version"] == 3)
    old.route("**/send/", lambda route: route.abort())

    write(before, "written in the old tab")

    wait_until(before, lambda: len(read_all(before, bob)["outbox"]) == 1)
    expect_tick(after, "written in the old tab", "Sending")
    old.unroute("**/send/")
    expect_tick(before, "written in the old tab", "Sent")
    assert texts_of(conversation)[1:] == ["written before the upgrade", "written in the old tab"]


@pytest.mark.complains(r"net::ERR_FAILED")
def test_outbox_is_shown_and_sent_after_another_tab_stops_blocking_the_upgrade(
    old: BrowserContext, add_step: Callable[[str], None], bob: User, conversation: Conversation
) -> None:
    other = old.new_page()
    other.goto("/healthz")
    other.evaluate(HOLD_OPEN, name_of(bob))
    add_step(ADDING_STEP)
    old.route("**/send/", lambda route: route.abort())
    page = open_thread(old.new_page(), bob, conversation)
    write(page, "written meanwhile")
    expect_tick(page, "written meanwhile", "Sending")
    expect(message(page, "written before the upgrade")).to_have_count(0)

    other.evaluate("held.close()")

    expect_tick(page, "written before the upgrade", "Sending")
    wait_until(page, lambda: len(read_all(page, bob)["outbox"]) == 2)
    old.unroute("**/send/")
    for text in ("written before the upgrade", "written meanwhile"):
        expect_tick(page, text, "Sent")
    assert sorted(texts_of(conversation)) == [
        "Hello",
        "written before the upgrade",
        "written meanwhile",
    ]
