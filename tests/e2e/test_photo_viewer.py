"""The viewer of photos: fingers, mouse, keys, and how it is left."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.photos import expect_shown, open_viewer, photos, picture, send_photos, viewer
from tests.e2e.screens import composer, open_thread
from tests.system.server import WebServer
from users.models import User

# A point of the screen as its place in an image, from 0 to 1 in both directions.
PLACE_IN = """(image, [x, y]) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    return [(x - left) / width, (y - top) / height];
}"""
Point = tuple[float, float]


class Fingers:
    """Fingers on a touch screen; each call takes their places after it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._tapped_at = 0.0

    def drag(self, *ways: tuple[Point, Point], steps: int = 8, pause: int = 0) -> None:
        """Move a finger along each way, all at the same time, and lift them."""
        self._send("touchStart", [start for start, _ in ways])
        for step in range(1, steps + 1):
            self._send("touchMove", [between(*way, step / steps) for way in ways])
        self._page.wait_for_timeout(pause)
        self._send("touchEnd", [])

    def tap(self, point: Point, *, after: float = 0.02) -> None:
        """Tap so many seconds after the last tap, as the page sees it, however slow it is."""
        self._tapped_at = self._tapped_at + after if self._tapped_at else time.time()
        self._send("touchStart", [point], timestamp=self._tapped_at)
        self._send("touchEnd", [], timestamp=self._tapped_at)

    def _send(self, kind: str, points: list[Point], **more: float) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        event = {"type": kind, "touchPoints": touches, **more}
        self._session.send("Input.dispatchTouchEvent", event)


def between(start: Point, end: Point, share: float) -> Point:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def scale_of(image: Locator) -> float:
    found: float = image.evaluate("each => each.getBoundingClientRect().width / each.offsetWidth")
    return found


def place_in(image: Locator, point: Point) -> Any:
    return pytest.approx(image.evaluate(PLACE_IN, point), abs=0.02)


def position(page: Page) -> Locator:
    return viewer(page).get_by_role("status")


@pytest.fixture
def sent(server: WebServer, alice: User, conversation: Conversation) -> Conversation:
    """A conversation in which Alice has sent three photos."""
    shapes = ((800, 600), (600, 800), (1600, 400))
    send_photos(server, alice, conversation, *[picture(*shape) for shape in shapes])
    return conversation


@pytest.fixture
def desktop(desk: Page, bob: User, sent: Conversation) -> Page:
    open_thread(desk, bob, sent)
    expect_shown(desk, 3)
    return desk


@pytest.fixture
def mobile(phone: Page, bob: User, sent: Conversation) -> Page:
    open_thread(phone, bob, sent)
    expect_shown(phone, 3)
    return phone


@pytest.fixture
def fingers(mobile: Page) -> Fingers:
    return Fingers(mobile)


def test_pinch_zooms_around_the_fingers(mobile: Page, fingers: Fingers) -> None:
    image = open_viewer(mobile)
    middle = (150.0, 400.0)
    before = place_in(image, middle)

    fingers.drag(((130, 400), (90, 400)), ((170, 400), (210, 400)))

    assert scale_of(image) == pytest.approx(3, rel=0.05)
    assert image.evaluate(PLACE_IN, middle) == before
    fingers.drag(((50, 400), (140, 400)), ((250, 400), (160, 400)))
    assert scale_of(image) == 1


def test_two_fingers_move_an_enlarged_photo(mobile: Page, fingers: Fingers) -> None:
    image = open_viewer(mobile)
    fingers.drag(((150, 400), (75, 400)), ((240, 400), (315, 400)))
    before = place_in(image, (150, 400))

    fingers.drag(((130, 400), (180, 400)), ((170, 400), (220, 400)))

    assert image.evaluate(PLACE_IN, (200, 400)) == before


def test_double_tap_zooms_in_and_out(mobile: Page, fingers: Fingers) -> None:
    image = open_viewer(mobile)
    point = (120.0, 422.0)
    before = place_in(image, point)

    fingers.tap(point)
    fingers.tap(point)

    assert scale_of(image) == pytest.approx(2.5)
    assert image.evaluate(PLACE_IN, point) == before
    fingers.tap(point)
    assert scale_of(image) == pytest.approx(2.5)  # one tap does nothing
    fingers.tap(point, after=1)
    fingers.tap(point)
    assert scale_of(image) == 1


def test_drag_moves_an_enlarged_photo_up_to_its_edge(mobile: Page, fingers: Fingers) -> None:
    image = open_viewer(mobile)
    fingers.tap((195, 422))
    fingers.tap((195, 422))
    before = place_in(image, (300, 422))

    fingers.drag(((300, 422), (200, 422)))
    assert image.evaluate(PLACE_IN, (200, 422)) == before
    for _ in range(4):
        fingers.drag(((50, 300), (380, 500)))

    box = image.evaluate("each => each.getBoundingClientRect().toJSON()")
    assert box["left"] == pytest.approx(0, abs=1)
    # Enlarged, it is still lower than the screen, and stays in its middle.
    assert (box["top"] + box["bottom"]) / 2 == pytest.approx(422, abs=1)
    assert position(mobile).inner_text() == "Photo 1 of 3"


def test_swipes_go_to_the_next_and_the_previous_photo(mobile: Page, fingers: Fingers) -> None:
    open_viewer(mobile)

    fingers.drag(((330, 422), (40, 430)))
    expect(position(mobile)).to_have_text("Photo 2 of 3")
    expect(viewer(mobile).locator("img").nth(1)).to_be_in_viewport(ratio=1)
    fingers.drag(((40, 422), (330, 430)))
    expect(position(mobile)).to_have_text("Photo 1 of 3")


def test_swipe_down_closes_the_viewer(mobile: Page, fingers: Fingers) -> None:
    path = mobile.url
    image = open_viewer(mobile)

    fingers.drag(((195, 422), (200, 470)), pause=300)  # too short, and slow
    expect(viewer(mobile)).to_be_visible()
    assert image.evaluate("each => each.getBoundingClientRect().top") == 0
    fingers.drag(((195, 322), (205, 622)))

    expect(viewer(mobile)).to_have_count(0)
    expect(photos(mobile).first).to_be_focused()
    assert mobile.url == path


def test_swipe_down_moves_an_enlarged_photo_instead(mobile: Page, fingers: Fingers) -> None:
    image = open_viewer(mobile)
    fingers.tap((195, 422))
    fingers.tap((195, 422))

    fingers.drag(((195, 322), (205, 622)))

    expect(viewer(mobile)).to_be_visible()
    assert scale_of(image) == pytest.approx(2.5)


def test_back_button_closes_the_viewer_and_stays_in_the_thread(mobile: Page) -> None:
    path = mobile.url
    open_viewer(mobile)

    mobile.go_back()

    expect(viewer(mobile)).to_have_count(0)
    assert mobile.url == path
    expect(photos(mobile)).to_have_count(3)


def test_history_is_the_same_after_the_viewer_was_closed(
    phone: Page, alice: User, sent: Conversation
) -> None:
    open_thread(phone, alice, sent)
    for _ in range(2):
        open_viewer(phone)
        viewer(phone).get_by_role("button", name="Close").click()
        expect(viewer(phone)).to_have_count(0)

    phone.get_by_role("button", name="Back").click()

    expect(phone).to_have_url(re.compile("/messages$"))


@pytest.mark.parametrize("modifier", [None, "Control"], ids=["wheel", "ctrl and wheel"])
def test_wheel_zooms_around_the_pointer(desktop: Page, modifier: str | None) -> None:
    image = open_viewer(desktop)
    point = (600.0, 450.0)
    desktop.mouse.move(*point)
    before = place_in(image, point)

    if modifier:
        desktop.keyboard.down(modifier)
    desktop.mouse.wheel(0, -400)
    wait_until(desktop, lambda: scale_of(image) > 2)
    assert image.evaluate(PLACE_IN, point) == before
    desktop.mouse.wheel(0, 900)
    wait_until(desktop, lambda: scale_of(image) == 1)
    if modifier:
        desktop.keyboard.up(modifier)

    assert desktop.evaluate("visualViewport.scale") == 1


def test_keys_show_each_photo_once_and_zoom(desktop: Page) -> None:
    desktop.evaluate(RECORD_STATUS)
    open_viewer(desktop)

    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("ArrowRight")
    expect(position(desktop)).to_have_text("Photo 3 of 3")
    expect(viewer(desktop).locator("img").nth(2)).to_be_in_viewport(ratio=1)
    desktop.keyboard.press("ArrowRight")  # there is no other
    assert desktop.evaluate("said") == ["Photo 2 of 3", "Photo 3 of 3"]

    image = viewer(desktop).locator("img").nth(2)
    for key, scale in (("+", 1.5), ("=", 2.25), ("-", 1.5), ("0", 1), ("-", 1)):
        desktop.keyboard.press(key)
        assert scale_of(image) == pytest.approx(scale)
    desktop.keyboard.press("PageUp")
    expect(position(desktop)).to_have_text("Photo 2 of 3")
    desktop.keyboard.press("Escape")
    expect(viewer(desktop)).to_have_count(0)
    expect(photos(desktop).first).to_be_focused()


# Records each text that the viewer's status shows after its first.
RECORD_STATUS = """() => {
    globalThis.said = [];
    new MutationObserver(records => {
        const status = records.map(({ target }) => target.parentElement)
            .find(each => each?.closest(".viewer [role=status]"));
        if (status) said.push(status.textContent);
    }).observe(document.body, { subtree: true, characterData: true });
}"""


def test_focus_stays_in_the_viewer(desktop: Page) -> None:
    open_viewer(desktop)

    for key in ["Tab"] * 7 + ["Shift+Tab"] * 7:
        desktop.keyboard.press(key)
        assert desktop.evaluate("document.activeElement.closest('.viewer, body').localName") in (
            "dialog",
            "body",
        )
    desktop.keyboard.type("x")

    expect(viewer(desktop)).to_be_visible()
    expect(composer(desktop)).to_have_value("")


def test_turned_phone_shows_the_same_photo(mobile: Page, fingers: Fingers) -> None:
    open_viewer(mobile, at=1)
    expect(position(mobile)).to_have_text("Photo 2 of 3")

    mobile.set_viewport_size({"width": 844, "height": 390})

    expect(viewer(mobile).locator("img").nth(1)).to_be_in_viewport(ratio=1)
    expect(position(mobile)).to_have_text("Photo 2 of 3")


def test_right_to_left_page_has_its_next_photo_on_the_left(
    open_device: OpenDevice, bob: User, sent: Conversation
) -> None:
    page = open_thread(open_device(), bob, sent)
    page.evaluate("document.documentElement.dir = 'rtl'")
    open_viewer(page)

    page.keyboard.press("ArrowLeft")

    expect(position(page)).to_have_text("Photo 2 of 3")
    expect(viewer(page).locator("img").nth(1)).to_be_in_viewport(ratio=1)
