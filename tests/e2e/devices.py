"""People's devices, and a check that no page reports an unexpected error."""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    Route,
    WebError,
    WebSocket,
)

DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
OpenDevice = Callable[..., Page]
PATIENCE = 10.0
"""Seconds until a wait fails."""


class Watch:
    """
    Collects the errors of pages: exceptions, and complaints of the browser itself.

    Violations of the content security policy or of Trusted Types are such complaints. `allowed` holds
    patterns of the complaints that a test expects, such as those about a missing network.
    """

    def __init__(self, allowed: list[str]) -> None:
        self._allowed = [re.compile(pattern) for pattern in allowed]
        self.complaints: list[str] = []

    def add(self, context: BrowserContext) -> None:
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)

    def remove(self, context: BrowserContext) -> None:
        """Stop listening to a context: another test is about to use it."""
        context.remove_listener("console", self._note_console)
        context.remove_listener("weberror", self._note_error)

    def _note_error(self, error: WebError) -> None:
        self._note(f"uncaught: {error.error}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert"):
            self._note(f"{message.text} ({message.location.get('url', '')})")

    def _note(self, complaint: str) -> None:
        if not any(pattern.search(complaint) for pattern in self._allowed):
            self.complaints.append(complaint)


class Hold:
    """Holds back a page's requests until they are released."""

    def __init__(self, page: Page, url: str | re.Pattern[str]) -> None:
        self._page, self._url = page, url
        self._routes: list[Route] = []
        page.route(url, self._take)

    def _take(self, route: Route) -> None:
        self._routes.append(route)

    def wait(self) -> None:
        """Wait until a request is held."""
        wait_until(self._page, lambda: bool(self._routes))

    def release(self) -> None:
        """Wait until a request is held, release all held requests, and hold no more."""
        self._end(lambda route: route.continue_())

    def answer(self, **answer: Any) -> None:
        """Like `release`, but answer the requests with this response instead of the server's."""
        self._end(lambda route: route.fulfill(**answer))

    def _end(self, release: Callable[[Route], None]) -> None:
        self.wait()
        self._release_all(release)
        self._page.unroute(self._url)
        # Those that came until the page was told to hold no more.
        self._release_all(release)

    def _release_all(self, release: Callable[[Route], None]) -> None:
        while self._routes:
            release(self._routes.pop(0))


class Sockets:
    """
    Records the URLs of a page's sockets when they are opened, become live, and are closed.

    A socket is live once it has received a pong. By then, all events that it had missed have arrived,
    and it will miss no later event.
    """

    def __init__(self, page: Page) -> None:
        self.opened: list[str] = []
        self.live: set[str] = set()
        self.closed: list[str] = []
        self._page = page
        page.on("websocket", self._note)

    def wait_until_live(self, count: int) -> None:
        """Wait until this many sockets have become live."""
        wait_until(self._page, lambda: len(self.live) >= count)

    def _note(self, socket: WebSocket) -> None:
        self.opened.append(socket.url)
        socket.on("framereceived", lambda frame: self._hear(socket.url, frame))
        socket.on("close", lambda closed: self.closed.append(closed.url))

    def _hear(self, url: str, frame: str | bytes) -> None:
        if json.loads(frame)["type"] == "pong":
            self.live.add(url)


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """
    Wait until a condition holds, and let Playwright process the page's events meanwhile.

    Playwright's own `wait_for_function` evaluates a string as code inside the page. The page's content
    security policy forbids this.
    """
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "The condition did not come true in time."
        page.wait_for_timeout(20)


def wait_for_listener(page: Page, kind: str) -> None:
    """
    Wait until the page's document listens to events of this kind.

    Modules that a page loads after its first screen listen to the document. Until then, what a person
    does has no effect.
    """
    session = page.context.new_cdp_session(page)
    wait_until(page, lambda: kind in _list_listeners(session))
    session.detach()


def _list_listeners(session: CDPSession) -> set[str]:
    found = session.send("Runtime.evaluate", {"expression": "document"})["result"]["objectId"]
    answer = session.send("DOMDebugger.getEventListeners", {"objectId": found})
    return {each["type"] for each in answer["listeners"]}


def wait_for_animations(page: Page) -> None:
    """Wait until everything has its final place and colour; what moves without an end is left out."""
    page.evaluate(FINISH_ANIMATIONS)


FINISH_ANIMATIONS = """async () => {
    const isEnding = each => each.playState === "running"
        && Number.isFinite(each.effect.getComputedTiming().endTime);
    const all = document.getAnimations().filter(isEnding);
    await Promise.allSettled(all.map(({ finished }) => finished));
}"""


def stop_time(page: Page) -> None:
    """Pause a page's clock a minute from now, a time that it has not reached even on a slow machine."""
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))


def hide(page: Page) -> None:
    """Simulate that another tab or app hides a page; browsers without a window never hide one."""
    _become(page, "hidden")


def show(page: Page) -> None:
    """Simulate that a hidden page becomes visible again."""
    _become(page, "visible")


def _become(page: Page, state: str) -> None:
    page.evaluate(
        """state => {
            const be = (name, value) =>
                Object.defineProperty(document, name, { configurable: true, get: () => value });
            be("visibilityState", state);
            be("hidden", state === "hidden");
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


def enlarge_text(page: Page) -> None:
    """Double the text size until the page is reloaded, as people with low vision do."""
    page.evaluate("document.documentElement.style.fontSize = '32px'")


def cover(page: Page) -> Page:
    """Open and return another page, which takes the focus from this one as a second window would."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    other = page.context.new_page()
    other.bring_to_front()
    wait_until(page, lambda: not page.evaluate("document.hasFocus()"))
    return other


def wait_for_worker(page: Page) -> None:
    """Wait until the service worker has cached everything, and controls this page."""
    wait_until(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))
