"""Pages restored from the back/forward cache receive the events of the signed-in person."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from threading import Timer

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import wait_until
from tests.e2e.full_browser import browser, context_pool  # noqa: F401 - fixtures
from tests.e2e.screens import (
    composer,
    conversation_with,
    conversations,
    expect_tick,
    fill_sign_in,
    message,
    navigation,
    open_thread,
    path_of,
    sign_in,
    write,
)
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

ELSEWHERE = "/healthz"
NOTE_RETURN = 'addEventListener("pageshow", event => { globalThis.isRestored = event.persisted; });'
COUNT_LEADERS = """async () => {
    const { held } = await navigator.locks.query();
    return held.filter(({ name }) => name.startsWith("inbox-")).length;
}"""
BANNER = re.compile("You are viewing as")
ATTEMPTS = """user => new Promise(resolve => {
    const opening = indexedDB.open(`messaging-${user}`);
    opening.onsuccess = () => {
        const asking = opening.result.transaction("outbox").objectStore("outbox").getAll();
        asking.onsuccess = () => {
            opening.result.close();
            const [entry] = asking.result;
            resolve(entry?.state === "waiting" ? entry.attempts : 0);
        };
    };
})"""
REFUSE_ONCE = """kind => {
    const request = navigator.locks.request.bind(navigator.locks);
    let isDue = true;
    navigator.locks.request = (name, ...rest) => {
        if (!isDue || !name.startsWith(kind)) return request(name, ...rest);
        isDue = false;
        globalThis.hasRefused = true;
        return Promise.reject(new DOMException("Not fully active.", "InvalidStateError"));
    };
}"""


FROZEN_SECONDS = 90.0


@pytest.fixture(autouse=True)
def end_frozen_pages() -> Iterator[None]:
    """Kill pages after 90 s: Playwright would wait forever for a frozen page, even to close it."""
    timer = Timer(FROZEN_SECONDS, _kill_pages)
    timer.start()
    yield
    timer.cancel()


def _kill_pages() -> None:
    """Kill the renderer processes of the browser that this test process has started."""
    listed = subprocess.check_output(("ps", "-eo", "pid=,ppid=,args="), text=True)
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    parents = {int(pid): int(parent) for pid, parent, _ in rows}
    for pid in [int(pid) for pid, _, command in rows if "--type=renderer" in command]:
        ancestor = pid
        while ancestor in parents and ancestor != os.getpid():
            ancestor = parents[ancestor]
        if ancestor == os.getpid():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def writer(server: WebServer, bob: User, conversation: Conversation) -> "Writer":
    return Writer(Person(server, tokens_of(bob)), conversation)


class Writer:
    """Bob, who writes messages that must reach pages through their sockets."""

    def __init__(self, bob: Person, conversation: Conversation) -> None:
        self._bob, self._id, self._count = bob, conversation.pk, 0

    def expect_live(self, *pages: Page) -> None:
        """Write a message, and expect it on each page; a frozen page never shows it."""
        self._count += 1
        text = f"number {self._count}"
        self._bob.send(self._id, text)
        for page in pages:
            expect(page.get_by_role("main")).to_contain_text(text)


def go_back(page: Page) -> None:
    page.go_back(wait_until="commit")


def go_forward(page: Page) -> None:
    page.go_forward(wait_until="commit")


def expect_one_leader(page: Page) -> None:
    wait_until(page, lambda: page.evaluate(COUNT_LEADERS) == 1)


@pytest.fixture
def listing(desk: Page, alice: User, conversation: Conversation) -> Page:
    """Alice's list of conversations."""
    desk.add_init_script(NOTE_RETURN)
    sign_in(desk, alice)
    expect(conversations(desk)).to_have_count(1)
    return desk


def test_page_is_restored_from_the_back_forward_cache_and_live(
    listing: Page, writer: Writer
) -> None:
    writer.expect_live(listing)
    listing.goto(ELSEWHERE)

    go_back(listing)

    writer.expect_live(listing)
    assert listing.evaluate("isRestored") is True
    expect_one_leader(listing)


def test_tab_stays_live_after_a_full_load(
    listing: Page, writer: Writer, conversation: Conversation
) -> None:
    listing.goto(path_of(conversation))

    writer.expect_live(listing)
    write(listing, "from the second page")
    expect_tick(listing, "from the second page", "Sent")
    expect_one_leader(listing)


def test_tab_stays_live_after_back_and_forward_over_full_loads(
    listing: Page, writer: Writer, bob: User, conversation: Conversation
) -> None:
    listing.goto(path_of(conversation))
    writer.expect_live(listing)
    listing.goto("/settings")
    expect(listing.get_by_role("heading", name="Settings")).to_be_visible()

    go_back(listing)
    writer.expect_live(listing)
    go_back(listing)
    writer.expect_live(listing)
    go_forward(listing)
    writer.expect_live(listing)
    listing.reload()

    writer.expect_live(listing)
    conversation_with(listing, bob).click()
    write(listing, "still here")
    expect_tick(listing, "still here", "Sent")
    expect_one_leader(listing)


# The test servers do not have the admin's static files.
@pytest.mark.complains(r"/admin/")
def test_page_opened_from_the_admin_is_live(
    listing: Page, writer: Writer, conversation: Conversation
) -> None:
    listing.goto("/admin/")

    listing.goto(path_of(conversation))
    writer.expect_live(listing)
    go_back(listing)
    wait_until(listing, lambda: "/admin/" in listing.evaluate("location.pathname"))
    go_back(listing)

    writer.expect_live(listing)
    expect_one_leader(listing)


def test_second_tab_leads_while_the_first_is_in_the_cache(listing: Page, writer: Writer) -> None:
    other = listing.context.new_page()
    other.goto("/messages")
    writer.expect_live(listing, other)

    listing.goto(ELSEWHERE)
    writer.expect_live(other)
    go_back(listing)

    writer.expect_live(listing, other)
    expect_one_leader(other)


def test_full_loads_in_two_tabs_leave_one_leader(
    listing: Page, writer: Writer, conversation: Conversation
) -> None:
    other = listing.context.new_page()
    other.goto("/messages")
    writer.expect_live(listing, other)

    for page in (other, listing):
        page.goto(path_of(conversation))
        writer.expect_live(listing, other)

    expect_one_leader(listing)


def test_restored_thread_loads_missed_messages_and_sends(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    desk.add_init_script(NOTE_RETURN)
    open_thread(desk, alice, conversation)
    composer(desk).fill("half a sent")
    desk.goto(ELSEWHERE)
    Person(server, tokens_of(bob)).send(conversation.pk, "in the meantime")

    go_back(desk)

    expect(message(desk, "in the meantime")).to_be_visible()
    assert desk.evaluate("isRestored") is True
    expect(composer(desk)).to_have_value("half a sent")
    write(desk, "back again")
    expect_tick(desk, "back again", "Sent")


@pytest.mark.complains(r"net::ERR_FAILED")
def test_message_sent_by_another_page_is_not_pending_in_a_restored_one(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    desk.add_init_script(NOTE_RETURN)
    open_thread(desk, alice, conversation)
    desk.route("**/send/", lambda route: route.abort())
    write(desk, "once")
    expect_tick(desk, "once", "Sending")
    # Chromium evicts a page from the cache if the user leaves it while it writes to IndexedDB. After
    # the fourth attempt to send, this page writes nothing for 2 s.
    wait_until(desk, lambda: desk.evaluate(ATTEMPTS, alice.pk) >= 4)
    desk.goto(ELSEWHERE)
    # Removes the entry without a BroadcastChannel message, which would evict the page from the cache.
    desk.evaluate(
        f"""() => new Promise(resolve => {{
            const opening = indexedDB.open("messaging-{alice.pk}");
            opening.onsuccess = () => {{
                const transaction = opening.result.transaction("outbox", "readwrite");
                transaction.objectStore("outbox").clear();
                transaction.oncomplete = () => resolve(opening.result.close());
            }};
        }})"""
    )

    go_back(desk)

    expect(message(desk, "once")).to_have_count(0)
    assert desk.evaluate("isRestored") is True


def test_sign_out_in_another_tab_ends_a_page_in_the_cache(listing: Page, bob: User) -> None:
    other = listing.context.new_page()
    listing.goto(ELSEWHERE)
    other.goto("/settings", wait_until="networkidle")  # see screens.sign_out
    other.get_by_role("button", name="Sign out", exact=True).click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()

    go_back(listing)

    expect(listing.get_by_role("button", name="Sign in")).to_be_visible()
    expect(conversations(listing)).to_have_count(0)


def test_cached_page_is_restored_for_the_current_user(
    listing: Page, alice: User, bob: User
) -> None:
    other = listing.context.new_page()
    listing.goto(ELSEWHERE)
    other.goto("/settings", wait_until="networkidle")  # see screens.sign_out
    other.get_by_role("button", name="Sign out", exact=True).click()
    fill_sign_in(other, bob)
    expect(navigation(other)).to_be_visible()

    go_back(listing)

    expect(message(listing, "Hello")).to_be_visible()
    expect(navigation(listing).get_by_role("link", name="Trainees")).to_have_count(0)


@pytest.mark.complains(r"net::ERR_FAILED")
@pytest.mark.parametrize("other_person", [False, True], ids=["signed-out", "somebody-else"])
def test_page_cached_without_an_event_shows_nothing_of_the_last_user(
    listing: Page, alice: User, bob: User, other_person: bool
) -> None:
    """Only in Chromium does a BroadcastChannel message evict a cached page, so this test sends none."""
    me = f'{{"id": {bob.pk}, "role": "TRAINEE"}}' if other_person else "null"
    listing.goto(ELSEWHERE)
    listing.evaluate(f"localStorage.setItem('me', '{me}')")
    listing.route("**/api/**", lambda route: route.abort())

    go_back(listing)

    # The page is reloaded, like one that was hidden before.
    new = navigation(listing) if other_person else listing.get_by_role("button", name="Sign in")
    expect(new).to_be_visible()
    expect(conversations(listing)).to_have_count(0)
    expect(listing.get_by_text("Bob Tester")).to_have_count(0)


def test_impersonation_that_has_ended_is_not_restored_from_the_cache(
    desk: Page, alice: User, bob: User, writer: Writer
) -> None:
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(message(desk, "Hello")).to_be_visible()
    desk.get_by_role("button", name="End").click()
    expect(desk.get_by_role("heading", name="Bob Tester")).to_be_visible()

    go_back(desk)

    expect(navigation(desk).get_by_role("link", name="Trainees")).to_be_visible()
    expect(desk.get_by_text(BANNER)).to_have_count(0)
    navigation(desk).get_by_role("link", name="Messages").click()
    writer.expect_live(desk)
    expect_one_leader(desk)


def test_own_page_is_not_restored_during_impersonation(desk: Page, alice: User, bob: User) -> None:
    sign_in(desk, alice, "/settings")
    desk.goto(f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(desk.get_by_text(BANNER)).to_be_visible()

    go_back(desk)

    expect(desk.get_by_text(BANNER)).to_be_visible()


def test_refused_lock_delays_no_message(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    desk.evaluate(REFUSE_ONCE, "outbox-")

    write(desk, "sent after a while")

    expect_tick(desk, "sent after a while", "Sent")
    assert desk.evaluate("globalThis.hasRefused")
    write(desk, "and the next")
    expect_tick(desk, "and the next", "Sent")


def test_refused_lock_of_the_cookie_fails_no_message(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    """The token has expired when the message is sent, and cannot be refreshed at once."""
    desk.clock.install()
    open_thread(desk, alice, conversation)
    desk.evaluate(REFUSE_ONCE, "session-cookie")
    desk.clock.set_system_time(desk.evaluate("Date.now()") + 61 * 60 * 1000)

    write(desk, "sent with the next token")

    expect_tick(desk, "sent with the next token", "Sent")
    assert desk.evaluate("globalThis.hasRefused")
