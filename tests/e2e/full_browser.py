"""
Fixtures for modules whose tests need what the headless shell lacks: notifications, the back/forward cache,
pages that lose the focus to another.

Such a module imports both; they replace the fixtures of conftest.py there.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType

from tests.e2e.chromium import launch_options
from tests.e2e.contexts import ContextPool


@pytest.fixture(scope="module")
def browser(browser_type: BrowserType) -> Iterator[Browser]:
    browser = browser_type.launch(**launch_options())
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def context_pool(browser: Browser) -> ContextPool:
    return ContextPool(browser)
