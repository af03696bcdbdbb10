"""Browsers in people's hands, and an eye on what must never happen in any of them."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, WebError, WebSocket

DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
OpenDevice = Callable[..., Page]
PATIENCE = 10.0
"""Seconds to wait for what must come."""


class Watch:
    """
    Collects errors of pages: exceptions, and what the browser itself complains about.

    A violation of the content security policy or of Trusted Types is such a complaint. `allowed`
    are patterns of complaints that belong to a test, such as those of a network that is away.
    """

    def __init__(self, allowed: list[str]) -> None:
        self._allowed = [re.compile(pattern) for pattern in allowed]
        self.complaints: list[str] = []

    def add(self, context: BrowserContext) -> None:
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)

    def remove(self, context: BrowserContext) -> None:
        """Listen to a context no more: another test is about to use it."""
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
    """Keeps requests of a page waiting, until they are let go."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._url = page, url
        self._routes: list[Route] = []
        page.route(url, self._take)

    def _take(self, route: Route) -> None:
        self._routes.append(route)

    def let_go(self) -> None:
        """Wait for the first one if need be, let go what waits, and hold no more."""
        self._end(lambda route: route.continue_())

    def answer(self, **answer: Any) -> None:
        """Do the same, with an answer that is not the server's."""
        self._end(lambda route: route.fulfill(**answer))

    def _end(self, release: Callable[[Route], None]) -> None:
        wait_until(self._page, lambda: bool(self._routes))
        for route in self._routes:
            release(route)
        self._page.unroute(self._url)


class Sockets:
    """
    Keeps the addresses of sockets: all that a page opens, those that are live, and those closed.

    A live one has answered a ping: what was missed has come, and nothing is missed from now on.
    """

    def __init__(self, page: Page) -> None:
        self.opened: list[str] = []
        self.live: set[str] = set()
        self.closed: list[str] = []
        self._page = page
        page.on("websocket", self._note)

    def wait_until_live(self, count: int) -> None:
        """Wait until so many of them have been live."""
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
    Wait for something, while what happens in the page goes on.

    Playwright's own `wait_for_function` evaluates text inside the page, which its policy forbids.
    """
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "What was waited for did not come."
        page.wait_for_timeout(20)


def hide(page: Page) -> None:
    """Put another tab or app before the page; browsers without a window cannot do it themselves."""
    _become(page, "hidden")


def show(page: Page) -> None:
    """Bring a hidden page back."""
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
    """Double the text until the page is loaded anew, as people do who see little."""
    page.evaluate("document.documentElement.style.fontSize = '32px'")


def cover(page: Page) -> Page:
    """Take the focus away, as a window beside the page does, and return the page that has it."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    other = page.context.new_page()
    other.bring_to_front()
    wait_until(page, lambda: not page.evaluate("document.hasFocus()"))
    return other


def wait_for_worker(page: Page) -> None:
    """Wait until the service worker has kept everything, and answers for this page."""
    wait_until(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))
