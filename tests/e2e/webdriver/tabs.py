"""A tab of any browser, with the few actions and expectations of a story."""

import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, expect

from tests.e2e.devices import wait_until
from tests.e2e.webdriver.connections import CommandFailed, Connection

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id in the standard."""
ENTER = "\ue007"
PATIENCE = 30.0
"""Seconds until a wait in a driven tab fails: these browsers are slow while all cores are busy."""
FIND_SHOWN = """
    const [css, text] = arguments;
    const isShown = (each) => each.getClientRects().length > 0 && each.textContent.includes(text);
    return [...document.querySelectorAll(css)].find(isShown) ?? null;
"""
# The page may change between the search for an element and its use.
PASSING = {"stale element reference", "element click intercepted", "element not interactable"}


class Tab(Protocol):
    """Finds elements by a CSS selector and a part of their text, among those that are shown."""

    keeps_pages: bool
    """Whether a page with an open socket and a lock enters the back/forward cache."""

    def open(self, path: str) -> None: ...
    def back(self) -> None: ...
    def reload(self) -> None: ...
    def click(self, css: str, text: str = "") -> None: ...

    def write(self, css: str, text: str) -> None:
        """Press the keys of a text in an element, and Enter for each line break."""

    def expect(self, css: str, text: str = "") -> None:
        """Wait until such an element is shown."""

    def expect_none(self, css: str, text: str = "") -> None:
        """Wait until no such element is shown."""

    def wait_until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait until a condition holds, or fail with a sentence."""

    def set_cookie(self, name: str, value: str) -> None:
        """Set a cookie that no script can read, for the host of the page."""

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page, or of the promise that it is."""


class DrivenTab:
    """The tab of a browser that is driven by WebDriver."""

    def __init__(self, connection: Connection, base_url: str, *, keeps_pages: bool) -> None:
        self._connection, self._base_url = connection, base_url
        self.keeps_pages = keeps_pages

    def open(self, path: str) -> None:
        self._connection.send("Navigate", url=self._base_url + path)

    def back(self) -> None:
        self._connection.send("Back")

    def reload(self) -> None:
        # Firefox's "Refresh" is the reload without any cache, which passes the service worker by.
        before = self.run("performance.timeOrigin")
        self.run("location.reload()")
        self.wait_until(lambda: self._has_loaded_since(before), "the page does not load again")

    def click(self, css: str, text: str = "") -> None:
        self._act("ElementClick", css, text)

    def write(self, css: str, text: str) -> None:
        self._act("ElementSendKeys", css, "", text=text.replace("\n", ENTER))

    def hover(self, css: str, text: str = "") -> None:
        """Move the mouse over an element."""
        self.expect(css, text)
        where = {"type": "pointerMove", "origin": {ELEMENT: self._find(css, text)}, "x": 0, "y": 0}
        mouse = {"type": "pointer", "id": "mouse", "actions": [where]}
        self._succeeds("PerformActions", actions=[mouse])

    def upload(self, css: str, *files: Path) -> None:
        """Choose files with a file input, which need not be shown."""
        script = "return document.querySelector(arguments[0])"
        found = self._connection.send("ExecuteScript", script=script, args=[css])
        paths = "\n".join(map(str, files))
        self._connection.send("ElementSendKeys", id=found[ELEMENT], text=paths)

    def has(self, css: str, text: str = "") -> bool:
        """Return whether such an element is shown now."""
        return self._find(css, text) is not None

    def expect(self, css: str, text: str = "") -> None:
        self.wait_until(lambda: self.has(css, text), f"{css} {text!r} is not shown")

    def expect_none(self, css: str, text: str = "") -> None:
        self.wait_until(lambda: not self.has(css, text), f"{css} {text!r} is still shown")

    def set_cookie(self, name: str, value: str) -> None:
        cookie = {"name": name, "value": value, "path": "/", "secure": True, "httpOnly": True}
        self._connection.send("AddCookie", cookie={**cookie, "sameSite": "Strict"})

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        self._connection.send("SetWindowRect", width=width, height=height)

    def screenshot(self, file: Path) -> None:
        """Save what the tab shows as a PNG file."""
        file.write_bytes(b64decode(self._connection.send("TakeScreenshot", full=False)))

    def run(self, script: str) -> Any:
        return self._connection.send("ExecuteScript", script=f"return {script}", args=[])

    def _has_loaded_since(self, earlier: float) -> bool:
        script = "document.readyState === 'complete' && performance.timeOrigin"
        try:
            return self.run(script) not in (False, earlier)
        except CommandFailed:
            return False  # one page has gone, and the next is not there yet

    def _find(self, css: str, text: str) -> str | None:
        try:
            found = self._connection.send("ExecuteScript", script=FIND_SHOWN, args=[css, text])
        except CommandFailed as error:
            if error.code not in PASSING:
                raise
            return None  # it has left the page since the script found it
        return found[ELEMENT] if found else None

    def _act(self, command: str, css: str, shown: str, **parameters: Any) -> None:
        def act() -> bool:
            element = self._find(css, shown)
            return element is not None and self._succeeds(command, id=element, **parameters)

        self.wait_until(act, f"{css} {shown!r} cannot be used")

    def _succeeds(self, command: str, **parameters: Any) -> bool:
        try:
            self._connection.send(command, **parameters)
        except CommandFailed as error:
            if error.code not in PASSING:
                raise
            return False
        return True

    def wait_until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait until a condition holds, or fail with a sentence and the text of the page."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"{otherwise}:\n{self._read_text()}"
            time.sleep(0.05)

    def _read_text(self) -> str:
        return f"{self.run('location.href')}\n{self.run('document.body.innerText')}"


class PlaywrightTab:
    """A tab of the browser that Playwright drives."""

    keeps_pages = True

    def __init__(self, page: Page) -> None:
        self._page = page

    def open(self, path: str) -> None:
        self._page.goto(path)

    def back(self) -> None:
        # Playwright does not see the load of a page that comes from the back/forward cache.
        self._page.go_back(wait_until="commit")

    def reload(self) -> None:
        self._page.reload()

    def click(self, css: str, text: str = "") -> None:
        self._find(css, text).click()

    def write(self, css: str, text: str) -> None:
        self._find(css, text="").press_sequentially(text)

    def expect(self, css: str, text: str = "") -> None:
        expect(self._find(css, text)).to_be_visible()

    def expect_none(self, css: str, text: str = "") -> None:
        self.wait_until(lambda: self._find(css, text).count() == 0, "")

    def wait_until(self, holds: Callable[[], bool], otherwise: str) -> None:
        wait_until(self._page, holds)

    def set_cookie(self, name: str, value: str) -> None:
        self._page.context.add_cookies(
            [
                {
                    "name": name,
                    "value": value,
                    "url": urljoin(self._page.url, "/"),
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )

    def run(self, script: str) -> Any:
        return self._page.evaluate(script)

    def _find(self, css: str, text: str) -> Locator:
        shown = self._page.locator(css).filter(visible=True)
        return (shown.filter(has_text=text) if text else shown).first
