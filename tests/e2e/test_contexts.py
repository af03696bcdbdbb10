"""A reused context has the client's files in its HTTP cache, and no other trace of the earlier test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page

from messaging.models import Conversation
from tests.e2e.contexts import ContextPool
from tests.e2e.devices import DESK, wait_until
from tests.e2e.screens import open_thread, path_of
from tests.flush import flush_patiently
from tests.system.server import WebServer
from users.models import User

LEAVE_TRACES = """async () => {
    localStorage.setItem("trace", "1");
    sessionStorage.setItem("trace", "1");
    document.cookie = "trace=1; path=/";
    globalThis.name = "trace";
    globalThis.trace = 1;
    await (await caches.open("trace")).put("/trace", new Response("trace"));
    await new Promise(done => { indexedDB.open("trace").onsuccess = done; });
    navigator.locks.request("trace", () => new Promise(() => {}));
    const root = await navigator.storage.getDirectory();
    await root.getFileHandle("trace", { create: true });
}"""
FIND_TRACES = """async () => {
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    const { held, pending } = await navigator.locks.query();
    return {
        globals: ["trace", "clock", "bound"].filter(name => name in globalThis),
        name: globalThis.name,
        local: { ...localStorage },
        session: { ...sessionStorage },
        cookie: document.cookie,
        databases: await indexedDB.databases(),
        caches: await caches.keys(),
        files,
        locks: [...held, ...pending],
        workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
        permission: (await navigator.permissions.query({ name: "geolocation" })).state,
        isOnLine: navigator.onLine,
        isPrinted: matchMedia("print").matches,
        isDark: matchMedia("(prefers-color-scheme: dark)").matches,
        year: new Date().getFullYear() > 2040,
        width: innerWidth,
        length: history.length,
    };
}"""
NOTHING: dict[str, Any] = {
    "globals": [],
    "name": "",
    "local": {},
    "session": {},
    "cookie": "",
    "databases": [],
    "caches": [],
    "files": [],
    "locks": [],
    "workers": 0,
    "permission": "prompt",
    "isOnLine": True,
    "isPrinted": False,
    "isDark": False,
    "year": False,
    "width": DESK["viewport"]["width"],
    "length": 2,  # together with about:blank
}
CACHED = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => new URL(name).pathname.startsWith("/static/"))
    .map(({ transferSize }) => transferSize)"""
SPOIL = {
    "clock": lambda context: context.clock.install(time=2_500_000_000),
    "init script": lambda context: context.add_init_script("globalThis.clock = 1"),
    "binding": lambda context: context.expose_function("bound", lambda: None),
}


@pytest.fixture
def options(server: WebServer) -> dict[str, Any]:
    """The options of a desktop, for contexts that no fixture opens."""
    return {**DESK, "base_url": server.url, "service_workers": "block", "reduced_motion": "reduce"}


@pytest.fixture
def first(context_pool: ContextPool, options: dict[str, Any]) -> Iterator[Page]:
    page = context_pool.open_page(options)
    yield page
    context_pool.close(page.context)


def find_traces(page: Page) -> dict[str, Any]:
    page.goto("/healthz")
    found: dict[str, Any] = page.evaluate(FIND_TRACES)
    return found


def test_next_test_starts_with_empty_storage(
    context_pool: ContextPool, options: dict[str, Any], first: Page, alice: User
) -> None:
    context = first.context
    first.route("**/healthz", lambda route: route.abort())
    context.route("**/healthz", lambda route: route.fulfill(body="a trace"))
    first.add_init_script("globalThis.trace = 1")
    first.emulate_media(media="print", color_scheme="dark")
    context.grant_permissions(["geolocation"])
    first.goto("/manifest.webmanifest")
    first.evaluate(LEAVE_TRACES)
    first.set_viewport_size({"width": 500, "height": 500})
    context.new_page()
    context.set_offline(True)
    context_pool.return_context(context)

    page = context_pool.open_page(options)

    assert page.context is context
    assert context.pages == [page]
    assert find_traces(page) == NOTHING
    assert context.cookies() == []
    context_pool.close(context)


def test_traces_are_found_without_clearing(first: Page) -> None:
    """Proves that the test above can detect traces."""
    first.goto("/manifest.webmanifest")
    first.evaluate(LEAVE_TRACES)

    found = find_traces(first)

    left = ("local", "session", "cookie", "databases", "caches", "files")
    assert [name for name in left if found[name] == NOTHING[name]] == []


def test_next_test_starts_signed_out(
    context_pool: ContextPool,
    options: dict[str, Any],
    first: Page,
    alice: User,
    conversation: Conversation,
) -> None:
    open_thread(first, alice, conversation)
    context_pool.return_context(first.context)

    page = context_pool.open_page(options)
    page.goto(path_of(conversation))

    wait_until(page, lambda: "/sign-in" in page.url)
    context_pool.close(page.context)


@pytest.mark.postgres_only("browsers keep only files with a hash in their name")
def test_files_of_the_client_stay_in_the_cache(
    context_pool: ContextPool, options: dict[str, Any], first: Page
) -> None:
    first.goto("/sign-in", wait_until="networkidle")  # some files are fetched after the page
    assert max(first.evaluate(CACHED)) > 0
    context_pool.return_context(first.context)

    page = context_pool.open_page(options)
    page.goto("/sign-in")

    sizes = page.evaluate(CACHED)
    assert len(sizes) > 3
    assert set(sizes) == {0}
    context_pool.close(page.context)


@pytest.mark.parametrize("spoil", SPOIL.values(), ids=SPOIL)
def test_context_with_its_own_scripts_is_not_reused(
    context_pool: ContextPool, options: dict[str, Any], first: Page, spoil: Any
) -> None:
    spoil(first.context)
    context_pool.return_context(first.context)

    page = context_pool.open_page(options)

    assert page.context is not first.context
    assert find_traces(page) == NOTHING
    context_pool.close(page.context)


def test_context_with_other_options_is_not_reused(
    context_pool: ContextPool, options: dict[str, Any], first: Page
) -> None:
    context_pool.return_context(first.context)

    page = context_pool.open_page({**options, "color_scheme": "dark"})

    assert page.context is not first.context
    context_pool.close(page.context)


def test_closed_context_is_not_reused(
    context_pool: ContextPool, options: dict[str, Any], first: Page
) -> None:
    first.context.close()
    context_pool.return_context(first.context)

    page = context_pool.open_page(options)

    assert not page.context.is_closed()
    context_pool.close(page.context)


def test_flushes_are_patient_while_the_event_loop_of_playwright_runs(phone: Page) -> None:
    assert flush_patiently in connection.execute_wrappers
