"""Browsers that refuse a lock at once, as for pages in the back/forward cache: asked again in peace."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from messaging.models import Conversation
from tests.e2e.modules import Run, module_runner
from tests.e2e.screens import expect_tick, open_thread, write
from tests.live.server import WebServer
from users.models import User

# From the 1000th time on nothing is answered: a page that is kept busy could not be asked any more.
PRELUDE = """
    const { Leadership } = await import("/static/web/live/locks.js");
    const request = navigator.locks.request.bind(navigator.locks);
    let isRefused = true, asked = 0;
    navigator.locks.request = (...all) => {
        asked += 1;
        if (asked >= 1000) return new Promise(() => {});
        if (!isRefused) return request(...all);
        return Promise.reject(new DOMException("Not fully active.", "InvalidStateError"));
    };
    const rest = ms => new Promise(resolve => setTimeout(resolve, ms));
"""
REFUSE_ONCE = """kind => {
    const request = navigator.locks.request.bind(navigator.locks);
    let isDue = true;
    navigator.locks.request = (name, ...rest) => {
        if (!isDue || !name.startsWith(kind)) return request(name, ...rest);
        isDue = false;
        return Promise.reject(new DOMException("Not fully active.", "InvalidStateError"));
    };
}"""


@pytest.fixture(scope="module")
def run(browser: Browser, shared_server: WebServer) -> Iterator[Run]:
    with module_runner(browser, shared_server, PRELUDE) as run:
        yield run


@pytest.mark.parametrize("steal", [True, False])
def test_refused_lock_is_not_asked_for_again_at_once(run: Run, steal: bool) -> None:
    script = """
        new Leadership("refused", () => {}).campaign({ steal: x });
        await rest(100);
        return asked;
    """

    assert run(script, steal) == 1


def test_refused_lock_is_had_later(run: Run) -> None:
    script = """
        const leads = new Promise(resolve => {
            const leadership = new Leadership("later", resolve);
            leadership.campaign();
        });
        await rest(0);
        isRefused = false;
        return leads;
    """

    assert run(script) is True


def test_who_stops_while_being_refused_stands_in_no_line(run: Run) -> None:
    script = """
        const leadership = new Leadership("stopped", () => {});
        leadership.campaign();
        await rest(0);
        leadership.stop();
        isRefused = false;
        await rest(1000);
        return [asked, leadership.isLeader];
    """

    assert run(script) == [1, False]


def test_refused_lock_holds_up_no_message(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    desk.evaluate(REFUSE_ONCE, "outbox-")

    write(desk, "sent after a while")

    expect_tick(desk, "sent after a while", "Sent")
    write(desk, "and the next")
    expect_tick(desk, "and the next", "Sent")


def test_refused_lock_of_the_cookie_fails_no_message(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    """The token is over when the message is to go, and no new one can be had at once."""
    desk.clock.install()
    open_thread(desk, alice, conversation)
    desk.evaluate(REFUSE_ONCE, "session-cookie")
    desk.clock.set_system_time(desk.evaluate("Date.now()") + 61 * 60 * 1000)

    write(desk, "sent with the next token")

    expect_tick(desk, "sent with the next token", "Sent")
