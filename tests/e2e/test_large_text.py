"""Headers and toolbars keep their controls and names on a narrow phone with text at 200 %."""

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, enlarge_text, wait_until
from tests.e2e.extreme_cast import fill
from tests.e2e.photos import choose_and_wait, open_viewer, picture, send_photos
from tests.e2e.screens import composer, conversations, messages, path_of, sign_in
from tests.e2e.test_second_thoughts import wait_for_actions
from tests.system.server import WebServer
from trainer.services.invitations import invite_trainee
from trainer.services.trainees import remove_trainee
from users.models import User

WIDTH, HEIGHT = 320, 640
# What is wrong with the controls of a bar: outside it, too small, larger than their button, or covered.
FAULTS = """bar => {
    const frame = bar.getBoundingClientRect();
    const isShown = each => !each.matches("h1 a, h2 a")  // cut off by the heading, with an ellipsis
        && each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const controls = [...bar.querySelectorAll("button, a, input, textarea, h1, h2")].filter(isShown);
    const places = new Map(controls.map(each => [each, each.getBoundingClientRect()]));
    const nameOf = each => each.getAttribute("aria-label") ?? (each.textContent.trim() || each.localName);
    const overlap = (one, other) => one.left < other.right - 1 && other.left < one.right - 1
        && one.top < other.bottom - 1 && other.top < one.bottom - 1;
    return controls.flatMap(each => {
        const place = places.get(each);
        const icon = each.matches("button") && each.querySelector(".icon")?.getBoundingClientRect();
        const covers = controls.some(other => other !== each && !other.contains(each)
            && !each.contains(other) && overlap(place, places.get(other)));
        const faults = {
            outside: place.left < Math.max(0, frame.left - 1)
                || place.right > Math.min(innerWidth, frame.right + 1),
            small: place.width < 24 || place.height < 24,
            uncentred: icon && (icon.left < place.left || icon.right > place.right
                || Math.abs(icon.left + icon.right - place.left - place.right) > 2),
            covered: covers,
        };
        return Object.keys(faults).filter(fault => faults[fault]).map(fault => `${nameOf(each)}: ${fault}`);
    });
}"""
HEIGHT_OF = "bar => bar.getBoundingClientRect().height"
WIDTH_OF = "name => name.getBoundingClientRect().width"
# How many children of a bar are one below the other.
LINES = """bar => {
    const places = [...bar.children].map(each => each.getBoundingClientRect())
        .filter(({ width, height }) => width > 1 && height > 1)
        .sort((one, other) => one.bottom - other.bottom);
    let end = -Infinity;
    return places.filter(({ top, bottom }) => top >= end - 1 && ((end = bottom), true)).length;
}"""


@pytest.fixture
def crowd(alice: User) -> list[Conversation]:
    return fill(alice, timezone.now())


@pytest.fixture
def page(open_device: OpenDevice) -> Page:
    return open_device(viewport={"width": WIDTH, "height": HEIGHT}, is_mobile=True, has_touch=True)


def expect_whole(bar: Locator, lines: int = 2) -> None:
    """Expect each control of a bar to be inside it, alone at its place, and in few lines."""
    expect(bar).to_be_visible()
    assert bar.evaluate(FAULTS) == []
    assert bar.evaluate(LINES) <= lines


def open_large(page: Page, person: User, path: str) -> None:
    """Sign somebody in, and open a path with large text."""
    if page.url == "about:blank":
        sign_in(page, person, path)
    else:
        page.goto(path)
    enlarge_text(page)


def test_headers_of_list_and_thread_keep_controls_and_names(
    page: Page, alice: User, crowd: list[Conversation]
) -> None:
    open_large(page, alice, "/messages")
    expect(conversations(page).first).to_be_visible()
    expect_whole(page.locator(".list-header"), lines=1)

    page.goto(path_of(crowd[0]))
    enlarge_text(page)
    expect(page.locator(".thread-mark-read")).to_be_visible()
    header = page.locator(".thread-header")
    expect_whole(header)
    expect(header.get_by_role("heading")).to_have_accessible_name("Christopher Montgomery-Smith")
    assert header.get_by_role("heading").evaluate(WIDTH_OF) > 0.45 * WIDTH
    assert header.evaluate(HEIGHT_OF) < HEIGHT / 7

    trainee = crowd[0].trainee
    assert trainee
    remove_trainee(trainer=alice, trainee_id=trainee.pk)
    page.reload()
    enlarge_text(page)
    expect(header.locator(".tag")).to_be_visible()
    expect_whole(header)
    assert header.evaluate(HEIGHT_OF) < HEIGHT / 5


def test_composer_keeps_its_buttons_and_room_for_words(
    page: Page, server: WebServer, alice: User, crowd: list[Conversation]
) -> None:
    open_large(page, alice, path_of(crowd[1]))
    expect(messages(page).last).to_be_visible()
    wait_for_actions(page)
    box = page.locator(".composer-box")
    expect_whole(box, lines=1)
    assert box.evaluate(HEIGHT_OF) < HEIGHT / 6

    page.locator(".message .message-more").last.dispatch_event("click")
    page.get_by_role("menuitem", name="Reply", exact=True).click()
    choose_and_wait(page, picture(), picture(480, 640), picture(300, 300))
    composer(page).fill("A longer answer")
    expect_whole(page.locator(".composer-mode"), lines=1)
    expect_whole(box, lines=1)
    faults = page.locator(".photo-strip li").evaluate_all(f"all => all.flatMap({FAULTS})")
    assert faults == []
    assert composer(page).evaluate(WIDTH_OF) > 0.5 * WIDTH
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH


def test_search_leaves_room_for_results(page: Page, alice: User, crowd: list[Conversation]) -> None:
    open_large(page, alice, path_of(crowd[0]))
    expect(messages(page).last).to_be_attached()
    page.locator(".thread-search").click()
    page.get_by_role("combobox").fill("sleep")
    option = page.get_by_role("option")
    expect(option.nth(1)).to_be_attached()

    expect_whole(page.locator(".search-head"), lines=1)
    expect_whole(page.locator(".search-scope"), lines=3)
    assert page.locator(".search-body").evaluate(HEIGHT_OF) >= HEIGHT / 2 - 1
    option.last.scroll_into_view_if_needed()
    expect(option.last).to_be_in_viewport()
    expect(page.locator(".search-head")).to_be_in_viewport(ratio=1)


def test_viewer_invitations_and_settings_keep_their_controls(
    page: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    send_photos(server, bob, conversation, picture(), picture(480, 640))
    invite_trainee(trainer=alice, email=f"{'w' * 40}@example.com")
    open_large(page, alice, path_of(conversation))
    expect(page.locator(".photo")).to_have_count(2)
    open_viewer(page)
    viewer = page.get_by_role("dialog", name="Photos")
    expect_whole(viewer.locator(".viewer-steps"), lines=1)
    expect_whole(viewer.locator(".viewer-bar"), lines=1)

    for path, bars in (("/invitations", ".row"), ("/settings", ".choices")):
        page.goto(path)
        enlarge_text(page)
        expect(page.locator(bars).first).to_be_visible()
        wait_until(page, lambda: page.locator("[class*=skeleton]").count() == 0)
        for bar in page.locator(bars).all():
            assert bar.evaluate(FAULTS) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTH, path
