"""Browser contexts that are reused by later tests, with empty storage and a warm HTTP cache."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

REUSABLE_OPTIONS = {
    "base_url",
    "color_scheme",
    "device_scale_factor",
    "has_touch",
    "is_mobile",
    "reduced_motion",
    "service_workers",
    "timezone_id",
    "viewport",
}
"""Options that a test cannot change in its context afterwards."""
MAX_IDLE = 8
# Lists a page's globals, which show what Playwright cannot remove from a context: a clock, init
# scripts and bindings.
LIST_GLOBALS = """() => [
    ...Object.getOwnPropertyNames(globalThis).sort(),
    String(Date), String(setTimeout), String(performance.now),
]"""


class ContextPool:
    """
    Keeps contexts for the next test that asks for the same options.

    A context keeps its HTTP cache, so pages load in half the time. Everything else is reset:
    storage of all kinds, cookies, permissions, routes and the network's state. Its pages are
    closed, which removes their scripts, routes, listeners and emulated media.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._lent: dict[BrowserContext, _State] = {}
        self._idle: dict[BrowserContext, _State] = {}

    def open_page(self, options: dict[str, Any]) -> Page:
        """Return the only page of a context that has these options and is as clean as a new one."""
        while context := self._find_idle(options):
            state = self._idle.pop(context)
            page = context.new_page()
            if page.evaluate(LIST_GLOBALS) == state.globals:
                _clear(page, options["base_url"])
                break
            context.close()
        else:
            page = self._browser.new_context(**options).new_page()
            state = _State(options, page.evaluate(LIST_GLOBALS))
        self._lent[page.context] = state
        return page

    def return_context(self, context: BrowserContext) -> None:
        """Keep a context for another test. If there are too many, close the longest idle one."""
        state = self._lent.pop(context)
        if context.is_closed():
            return
        for page in context.pages:
            page.close()
        self._idle[context] = state
        if len(self._idle) > MAX_IDLE:
            self.close(next(iter(self._idle)))

    def close(self, context: BrowserContext) -> None:
        """Close a context that must not be reused."""
        self._lent.pop(context, None)
        self._idle.pop(context, None)
        context.close()

    def _find_idle(self, options: dict[str, Any]) -> BrowserContext | None:
        found = (each for each, state in self._idle.items() if state.options == options)
        return next(found, None)


@dataclass(frozen=True)
class _State:
    """The options of a context, and the globals that its pages had when it was opened."""

    options: dict[str, Any]
    globals: list[str]


def is_reusable(options: dict[str, Any]) -> bool:
    """Return whether a context with these options can be reused; one with service workers cannot."""
    return options.get("service_workers") == "block" and options.keys() <= REUSABLE_OPTIONS


def _clear(page: Page, origin: str) -> None:
    context = page.context
    context.unroute_all()
    context.set_offline(False)
    context.clear_permissions()
    context.clear_cookies()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()
