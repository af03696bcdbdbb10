"""
Measures the coverage of our JavaScript in browsers.

`JS_COVERAGE=FOLDER pytest -p tests.e2e.js_coverage …` writes the counts to FOLDER, in the format that
node uses for its own counts, so `python -m tests.js --coverage FOLDER` can combine both. Counting slows
pages down, so pytest loads this plugin only if `-p` names it.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

FOLDER = Path(os.environ.get("JS_COVERAGE", "var/js-coverage"))
OURS = "/static/web/"


class Counts:
    """Counts the code that each page runs, and writes the counts to a file when the page closes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sessions: dict[Page, CDPSession] = {}

    def start(self, page: Page) -> None:
        session = self._sessions[page] = page.context.new_cdp_session(page)
        session.send("Profiler.enable")
        session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})

    def take(self, page: Page) -> None:
        session = self._sessions.pop(page, None)
        if session is None or page.is_closed():
            return
        result = session.send("Profiler.takePreciseCoverage")["result"]
        ours = [script for script in result if OURS in script["url"]]
        path = self._folder / f"coverage-{uuid4()}.json"
        path.write_text(json.dumps({"result": ours}))


def pytest_configure(config: pytest.Config) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    counts, patch = Counts(FOLDER), pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    patch.setattr(BrowserContext, "new_page", _counting(BrowserContext.new_page, counts))
    patch.setattr(BrowserContext, "close", _taking(BrowserContext.close, counts))
    patch.setattr(Page, "close", _taking(Page.close, counts))


def _counting(new_page: Callable[..., Page], counts: Counts) -> Callable[..., Page]:
    def open_and_count(context: BrowserContext) -> Page:
        page = new_page(context)
        counts.start(page)
        return page

    return open_and_count


def _taking(close: Callable[..., None], counts: Counts) -> Callable[..., None]:
    def take_and_close(closed: BrowserContext | Page, **options: Any) -> None:
        for page in [closed] if isinstance(closed, Page) else closed.pages:
            counts.take(page)
        close(closed, **options)

    return take_and_close
