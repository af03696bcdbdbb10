"""
Fixtures for browsers and their servers. tests/run.py explains why this is a separate pytest run.

`desk` and `phone` are pages on two devices that share nothing; `open_device` opens more devices.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.e2e.chromium import ChromiumUnavailable, launch_options
from tests.e2e.contexts import ContextPool, is_reusable
from tests.e2e.devices import DESK, PATIENCE, PHONE, OpenDevice, Watch
from tests.e2e.secure_site import proxy, secure_site  # noqa: F401 - fixtures
from tests.e2e.servers import collect_static, kill, make_server
from tests.system.server import WebServer

# Playwright's event loop runs in this thread; without this, Django would refuse to use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
PATIENCE_MS = 1000 * PATIENCE
expect.set_options(timeout=PATIENCE_MS)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "complains(*patterns): complaints of the browser that are part of the test"
    )
    config.addinivalue_line(
        "markers", "service_worker: let pages have their service worker, which fetches every file"
    )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    try:
        options = launch_options(needs_windows=False)
    except ChromiumUnavailable as error:
        pytest.exit(str(error), returncode=1)
    return {**browser_type_launch_args, **options}


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the client's collected files."""
    folder = tmp_path_factory.mktemp("static")
    collect_static(folder)
    return folder


@pytest.fixture(scope="session")
def shared_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    with django_db_blocker.unblock(), make_server(static_root) as server:
        yield server


@pytest.fixture(scope="module")
def unbundled_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    """A server in development mode: pages load the client's modules, so that a test can replace one."""
    with django_db_blocker.unblock(), make_server(static_root, DEBUG="1") as server:
        yield server


@pytest.fixture
def server(shared_server: WebServer, transactional_db: None) -> WebServer:
    """The server that pages open; a module can override this fixture."""
    return shared_server


@pytest.fixture(scope="module")
def server_of_the_module(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    with django_db_blocker.unblock(), make_server(static_root) as server:
        yield server


@pytest.fixture
def mortal_server(server_of_the_module: WebServer, transactional_db: None) -> Iterator[WebServer]:
    """A server that tests may kill or start with other variables. Afterwards, it is as it was before."""
    environment = dict(server_of_the_module.environment)
    yield server_of_the_module
    if server_of_the_module.environment != environment:
        server_of_the_module.environment = environment
        kill(server_of_the_module)
    process = server_of_the_module.process
    if process and process.poll() is not None:
        server_of_the_module.start()


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Collects the browser's complaints; each complaint that a test does not allow fails the test."""
    marks = request.node.iter_markers("complains")
    watch = Watch([pattern for mark in marks for pattern in mark.args])
    yield watch
    if watch.complaints:
        pytest.fail("The browser complained:\n" + "\n".join(watch.complaints), pytrace=False)


@pytest.fixture(scope="session")
def context_pool(browser: Browser) -> ContextPool:
    return ContextPool(browser)


@pytest.fixture
def open_device(
    request: pytest.FixtureRequest, server: WebServer, watch: Watch, context_pool: ContextPool
) -> Iterator[OpenDevice]:
    """
    Return a function that opens another device: a page in a context with its own storage.

    Contexts come from `context_pool`. With `fresh=True`, with options that could leak into other tests,
    or if pytest records traces, screenshots or videos, the context is new, its HTTP cache is empty, and
    it is not reused.
    """
    lent: list[BrowserContext] = []
    has_worker = request.node.get_closest_marker("service_worker") is not None
    worker = {"service_workers": "allow" if has_worker else "block"}
    options_of_the_run = ("--tracing", "--screenshot", "--video")
    is_recorded = any(request.config.getoption(each) != "off" for each in options_of_the_run)

    def open_device(*, fresh: bool = False, **options: Any) -> Page:
        options = {"base_url": server.url, **DESK, **worker, **options}
        if fresh or is_recorded or not is_reusable(options):
            # pytest-playwright's fixture closes this context, and records traces and videos.
            page: Page = request.getfixturevalue("new_context")(**options).new_page()
        else:
            page = context_pool.open_page(options)
            lent.append(page.context)
        page.context.set_default_timeout(PATIENCE_MS)
        watch.add(page.context)
        return page

    yield open_device
    call = getattr(request.node, "rep_call", None)
    has_passed = call is not None and call.passed and not watch.complaints
    for context in lent:
        if has_passed:
            context_pool.return_context(context)
            watch.remove(context)
        else:
            context_pool.close(context)


@pytest.fixture
def desk(open_device: OpenDevice) -> Any:
    """A page on a desktop computer."""
    return open_device(**DESK)


@pytest.fixture
def phone(open_device: OpenDevice) -> Any:
    """A page on a phone."""
    return open_device(**PHONE)
