"""Where the browser stores nothing, the client works in memory, and says what is lost with the page."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, wait_for_worker, wait_until
from tests.e2e.screens import (
    composer,
    expect_texts,
    expect_tick,
    fill_sign_in,
    message,
    messages,
    open_thread,
    path_of,
    sign_in_by_form,
    write,
)
from tests.e2e.test_database import READ_ALL, name_of
from tests.e2e.test_steadiness import TOPS, settled_tops
from users.models import User

pytestmark = pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED")

# The scripts with the modules that a thread needs only later.
LATER = re.compile(r"/bundles/(rest|later)[.\w]*\.js$")
# Some browsers throw as soon as a blocked feature is looked up, and some as soon as it is used.
BLOCKED = """
    const refuse = () => { throw new DOMException("Access is denied.", "SecurityError"); };
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
        Object.defineProperty(window, name, { get: refuse });
    }
    for (const name of ["serviceWorker", "locks", "storage"]) {
        Object.defineProperty(Navigator.prototype, name, { get: refuse });
    }
    Object.defineProperty(Document.prototype, "cookie", { get: refuse, set: refuse });
    window.BroadcastChannel = class { constructor() { refuse(); } };
"""
REFUSED = """
    const refuse = () => { throw new DOMException("Access is denied.", "SecurityError"); };
    for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get: refuse });
    }
    for (const name of ["open", "deleteDatabase"]) IDBFactory.prototype[name] = refuse;
    IDBFactory.prototype.databases = async () => refuse();
    LockManager.prototype.request = async () => refuse();
    for (const name of ["open", "match", "delete", "keys"]) {
        CacheStorage.prototype[name] = async () => refuse();
    }
    const workers = Object.fromEntries(["register", "getRegistration"].map(
        name => [name, async () => refuse()]
    ));
    Object.assign(workers, { controller: null, addEventListener() {}, ready: new Promise(() => {}) });
    Object.defineProperty(Navigator.prototype, "serviceWorker", { get: () => workers });
"""
FULL = """
    Storage.prototype.setItem = () => { throw new DOMException("Full.", "QuotaExceededError"); };
"""
# What fails while `globalThis.isBroken`: a full disk refuses the row, or aborts its transaction. WebKit
# loses the connection to the process that has the database.
BROKEN = {
    "refuses": ("IDBObjectStore", "put", "throw new DOMException('Full.', 'QuotaExceededError');"),
    "aborts": ("IDBTransaction", "commit", "return this.abort();"),
    "lost": ("IDBDatabase", "transaction", "throw new DOMException('Lost.', 'UnknownError');"),
}
BREAK = """
    const original = %(owner)s.prototype.%(name)s;
    %(owner)s.prototype.%(name)s = function (...all) {
        if (globalThis.isBroken) { %(failure)s }
        return original.apply(this, all);
    };
"""
KEPT = "You are offline. Messages will wait."
UNKEPT = "You are offline. Keep this page open."


def break_database(page: Page, how: str) -> None:
    """Have the database of the next page fail while `globalThis.isBroken`."""
    owner, name, failure = BROKEN[how]
    page.add_init_script(BREAK % {"owner": owner, "name": name, "failure": failure})


def expect_stored(page: Page, person: User, texts: list[str]) -> None:
    """Wait until the outbox on the device has these texts."""

    def stored() -> list[str]:
        rows = page.evaluate(READ_ALL, name_of(person))["outbox"]
        return [row["content"] for row in sorted(rows, key=lambda row: int(row["order"]))]

    wait_until(page, lambda: stored() == texts)


@pytest.mark.parametrize("script", [BLOCKED, REFUSED, FULL], ids=["blocked", "refused", "full"])
def test_client_works_without_storage_and_says_that_it_forgets(
    desk: Page, alice: User, conversation: Conversation, script: str
) -> None:
    desk.add_init_script(script)
    desk.goto(f"/sign-in?next={path_of(conversation)}")

    fill_sign_in(desk, alice)

    expect(message(desk, "Hello")).to_be_visible()
    notice = desk.locator(".toast").get_by_text("This browser can’t keep you signed in.")
    expect(notice).to_be_visible()
    write(desk, "in memory")
    expect_tick(desk, "in memory", "Sent")
    # It stays longer than other toasts, so that it can be read after the sign-in.
    desk.clock.install()
    desk.clock.run_for(10_000)
    expect(notice).to_be_visible()
    desk.get_by_role("button", name="Close").click()
    expect(notice).to_have_count(0)


def test_sign_in_that_is_stored_is_not_commented_on(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in_by_form(desk, alice, path_of(conversation))

    expect(message(desk, "Hello")).to_be_visible()
    expect(desk.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("script", [BLOCKED, REFUSED], ids=["blocked", "refused"])
def test_offline_line_without_storage_promises_only_what_is_true(
    open_device: OpenDevice, alice: User, conversation: Conversation, script: str
) -> None:
    page = open_device(viewport={"width": 320, "height": 568})
    page.add_init_script(script)
    sign_in_by_form(page, alice, path_of(conversation))
    expect(message(page, "Hello")).to_be_visible()
    before = settled_tops(messages(page))

    page.context.set_offline(True)

    expect(page.locator(".thread-line")).to_have_text(UNKEPT)
    assert messages(page).evaluate_all(TOPS) == before


def test_theme_and_viewing_as_a_trainee_without_storage(desk: Page, alice: User, bob: User) -> None:
    desk.add_init_script(BLOCKED)
    sign_in_by_form(desk, alice, "/settings")

    desk.get_by_text("Dark", exact=True).click()

    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    expect(desk.get_by_role("radio", name="Dark")).to_be_checked()
    desk.get_by_role("link", name="Trainees").click()
    desk.get_by_text("Bob Tester").click()
    desk.get_by_role("button", name="View as trainee").click()
    expect(desk.get_by_text("This browser blocks storage")).to_be_visible()
    expect(desk.get_by_role("heading", name="Bob Tester")).to_be_visible()


@pytest.mark.parametrize("how", BROKEN)
def test_offline_message_that_cannot_be_stored_says_so_and_is_stored_later(
    desk: Page, alice: User, conversation: Conversation, how: str
) -> None:
    break_database(desk, how)
    open_thread(desk, alice, conversation)
    desk.context.set_offline(True)
    line = desk.locator(".thread-line")
    expect(line).to_have_text(KEPT)
    desk.evaluate("globalThis.isBroken = true")

    write(desk, "one")

    expect(line).to_have_text(UNKEPT)
    expect_tick(desk, "one", "Sending")
    desk.evaluate("globalThis.isBroken = false")
    write(desk, "two")
    expect(line).to_have_text(KEPT)
    expect_stored(desk, alice, ["one", "two"])
    desk.context.set_offline(False)
    expect_texts(desk, ["Hello", "one", "two"])
    expect_tick(desk, "two", "Sent")
    expect_stored(desk, alice, [])


@pytest.mark.parametrize("fails", [None, LATER], ids=["later", "before all modules are loaded"])
@pytest.mark.complains(r"net::ERR_FAILED")
def test_page_with_messages_that_cannot_be_stored_asks_before_it_closes(
    desk: Page, alice: User, conversation: Conversation, fails: re.Pattern[str] | None
) -> None:
    """The network fails, in one case before the page has loaded what it needs only later."""
    asked: list[str] = []
    if fails:
        desk.route(fails, lambda route: route.abort())

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    break_database(desk, "refuses")
    desk.on("dialog", stay)
    open_thread(desk, alice, conversation)
    desk.context.set_offline(True)
    desk.evaluate("globalThis.isBroken = true")
    write(desk, "one")
    expect(desk.locator(".thread-line")).to_have_text(UNKEPT)

    desk.close(run_before_unload=True)
    wait_until(desk, lambda: asked == ["beforeunload"])

    desk.context.set_offline(False)
    expect_tick(desk, "one", "Sent")
    desk.reload()
    expect_texts(desk, ["Hello", "one"])
    assert asked == ["beforeunload"]


def test_browser_is_asked_to_keep_data_once_a_message_has_to_wait(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    desk.add_init_script("""
        globalThis.asked = 0;
        StorageManager.prototype.persist = async () => { globalThis.asked += 1; return true; };
    """)
    open_thread(desk, alice, conversation)
    write(desk, "online")
    expect_tick(desk, "online", "Sent")
    assert desk.evaluate("asked") == 0
    desk.context.set_offline(True)
    expect(desk.locator(".thread-line")).to_have_text(KEPT)

    for text in ("one", "two"):
        write(desk, text)
        expect_tick(desk, text, "Sending")

    wait_until(desk, lambda: bool(desk.evaluate("asked") == 1))
    expect(composer(desk)).to_be_focused()


@pytest.mark.service_worker
@pytest.mark.complains(r"status of 404", r"Push API in incognito mode")
def test_page_and_pictures_load_when_the_worker_cannot_read_its_cache(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    wait_for_worker(desk)
    (worker,) = desk.context.service_workers
    worker.evaluate("""() => {
        const refuse = async () => { throw new DOMException("The disk failed.", "UnknownError"); };
        for (const name of ["match", "open"]) CacheStorage.prototype[name] = refuse;
    }""")

    desk.reload()

    expect(message(desk, "Hello")).to_be_visible()
    assert desk.evaluate("fetch('/media/none.webp').then(({ status }) => status)") == 404
