"""
Fixtures for tests that need a feature which the headless shell lacks.

These features are notifications, the back/forward cache, and pages that lose the focus to other
pages. A module with such tests imports both fixtures. They then override the fixtures of the same
names in conftest.py.
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
