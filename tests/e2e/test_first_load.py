"""The size and the layout stability of the first visit."""

import re

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import PHONE, OpenDevice, wait_until
from tests.e2e.screens import conversations, message, navigation, path_of, sign_in, sign_in_by_form
from tests.e2e.servers import IS_PRODUCTION
from tests.e2e.test_offline import kept_list
from tests.e2e.test_outbox import kept_threads
from users.models import User

# Compressed sizes. Only production has bundles; single files take almost twice as much. A size below
# LEAST_BYTES means that nothing was measured.
BUDGET_BYTES = (84 if IS_PRODUCTION else 160) * 1024
LEAST_BYTES = 20 * 1024
# `styles/screens.css`, or the bundle that contains it.
LATER_STYLE = re.compile(r"/(styles/screens|bundles/rest)[.\w]*\.css")
# Requested only when the messages are shown and no request is under way.
AFTERWARDS = re.compile(r"/bundles/(rest|later)[.\w]*\.js")
COMPRESSED = """() => [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
].reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
WATCH_SHIFTS = """
    globalThis.shift = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
# The layout shift of all frames so far is reported after the next frame.
SHIFT_SO_FAR = """() => new Promise(resolve =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(shift)))))"""


def test_first_visit_is_small(open_device: OpenDevice) -> None:
    desk = open_device(fresh=True)

    desk.goto("/sign-in")
    expect(desk.get_by_role("button", name="Sign in")).to_be_visible()

    assert LEAST_BYTES < desk.evaluate(COMPRESSED) < BUDGET_BYTES


def test_first_load_of_the_messages_is_small(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    page = sign_in_by_form(open_device(), alice)
    fresh = open_device(fresh=True, storage_state=page.context.storage_state())
    fresh.route(AFTERWARDS, lambda route: None)

    fresh.goto(path_of(conversation))
    expect(message(fresh, "Hello")).to_be_visible()
    expect(conversations(fresh)).to_have_count(1)

    assert LEAST_BYTES < fresh.evaluate(COMPRESSED) < BUDGET_BYTES


@pytest.mark.parametrize("held", [{}, PHONE], ids=["desk", "phone"])
def test_layout_does_not_shift_while_loading(
    open_device: OpenDevice, held: dict[str, object], alice: User, conversation: Conversation
) -> None:
    page = open_device(fresh=True, **held)
    sign_in(page, alice)
    page.add_init_script(WATCH_SHIFTS)
    shifts = {}
    for path in ("/messages", path_of(conversation), "/trainees", "/settings"):
        page.goto(path)
        expect(page.get_by_role("main").locator("h1:visible, h2:visible").first).to_be_visible()
        expect(page.locator("[class*=skeleton]")).to_have_count(0)
        shifts[path] = page.evaluate(SHIFT_SO_FAR)

    assert {path: shift for path, shift in shifts.items() if shift > 0.02} == {}


def test_second_visit_shows_cached_data_before_the_server_responds(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, path_of(conversation))
    expect(message(desk, "Hello")).to_be_visible()
    expect(conversations(desk)).to_have_count(1)
    wait_until(desk, lambda: kept_list(desk, alice))
    wait_until(desk, lambda: kept_threads(desk, alice) == [conversation.pk])
    desk.route("**/api/**", lambda route: None)

    desk.reload()

    expect(message(desk, "Hello")).to_be_visible()
    expect(conversations(desk)).to_have_count(1)


@pytest.mark.complains(r"net::ERR_FAILED", r"(screens|rest)(\.\w+)?\.css")
def test_screen_without_its_style_sheet_is_an_error_until_the_page_reloads(
    desk: Page, alice: User
) -> None:
    desk.route(LATER_STYLE, lambda route: route.abort())
    sign_in(desk, alice)

    navigation(desk).get_by_role("link", name="Settings").click()
    expect(desk.get_by_role("alert")).to_be_visible()
    desk.unroute(LATER_STYLE)
    desk.get_by_role("button", name="Try again").click()

    expect(desk.locator(".page")).to_have_css("max-width", "736px")
