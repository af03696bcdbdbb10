"""A browser that refuses a lock at once, as for pages in the back/forward cache: asked in peace."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.modules import Run, module_runner
from tests.live.server import WebServer

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


@pytest.fixture
def run(browser: Browser, shared_server: WebServer) -> Iterator[Run]:
    """A page for each test, to run one script: the next would find a lock that refuses for ever."""
    with module_runner(browser, shared_server, PRELUDE) as run:
        yield run


@pytest.mark.parametrize("steal", [True, False])
def test_refused_lock_is_asked_for_again_after_pauses(run: Run, steal: bool) -> None:
    script = """
        new Leadership("refused", () => {}).campaign({ steal: x });
        await rest(1000);
        return asked;
    """

    assert 2 <= run(script, steal) <= 4


def test_refused_lock_is_had_later(run: Run) -> None:
    script = """
        const leads = new Promise(resolve => new Leadership("later", resolve).campaign());
        await rest(0);
        isRefused = false;
        return Promise.race([leads, rest(5000)]);
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
