"""Threads with photos: for screen readers and keyboards, on narrow screens, and while photos load."""

import re

import pytest
from playwright.sync_api import expect

from messaging.models import Conversation
from tests.e2e.devices import PHONE, Hold, OpenDevice, enlarge_text, wait_until
from tests.e2e.photos import (
    choose_and_wait,
    expect_shown,
    open_viewer,
    photos,
    picture,
    send_photos,
    viewer,
)
from tests.e2e.screens import open_thread, path_of, sign_in
from tests.e2e.test_accessibility import RING_CONTRASTS, serious_findings
from tests.system.server import WebServer
from users.models import User

SHAPES = ((640, 480), (2400, 60), (60, 2400), (30, 30))
"""Ordinary, very wide, very tall, and smaller than its bubble."""
MEASURE = """() => [...document.querySelectorAll(".message .photos, .message .photo")]
    .map(each => each.getBoundingClientRect())
    .map(({ left, top, width, height }) => [left, top, width, height].map(Math.round))"""
# Whether all photos on the screen have loaded; browsers load the others when they are scrolled to.
HAVE_LOADED = """() => {
    const images = [...document.querySelectorAll(".photo-image")];
    const shown = images.filter(each => {
        const { top, bottom } = each.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
    });
    return shown.length > 2 && shown.every(each => each.complete && each.naturalWidth > 0);
}"""
# All layout shifts since the page was opened, those after an input as well.
RECORD_SHIFTS = """globalThis.shifts = [];
    new PerformanceObserver(list => shifts.push(...list.getEntries().map(({ value }) => value)))
        .observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture
def gallery(server: WebServer, alice: User, bob: User, conversation: Conversation) -> Conversation:
    """A conversation with photos of both: one of each shape, ten in one message, a GIF, a caption."""
    for shape in SHAPES:
        send_photos(server, alice, conversation, picture(*shape))
    send_photos(server, bob, conversation, picture(), picture(300, 900), text="Two of them")
    send_photos(server, bob, conversation, *[picture(90, 60)] * 10)
    send_photos(server, bob, conversation, picture(90, 60, kind="GIF"), text="word " * 400)
    return conversation


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_where_photos_are(
    open_device: OpenDevice, server: WebServer, theme: str, alice: User, conversation: Conversation
) -> None:
    send_photos(server, alice, conversation, picture(), picture(), text="From me")
    page = open_device(**PHONE, color_scheme=theme, reduced_motion="reduce")
    open_thread(page, alice, conversation)
    expect_shown(page, 2)
    choose_and_wait(page, picture(), picture())
    states = {"thread and tray": serious_findings(page)}
    page.evaluate("document.activeElement.blur()")
    open_viewer(page)
    states["viewer"] = serious_findings(page)

    assert {state: found for state, found in states.items() if found} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_focus_ring_is_visible_on_photos(
    open_device: OpenDevice, server: WebServer, theme: str, alice: User, conversation: Conversation
) -> None:
    send_photos(server, alice, conversation, picture())
    page = open_thread(open_device(color_scheme=theme), alice, conversation)
    expect_shown(page, 1)
    choose_and_wait(page, picture())

    contrasts: dict[str, float] = page.evaluate(RING_CONTRASTS)

    assert {name: each for name, each in contrasts.items() if each < 3} == {}
    assert {"Remove photo 1"} <= contrasts.keys()
    assert any(name.startswith("Photo from you, ") for name in contrasts)
    photo = photos(page).first
    photo.focus()
    inner = photo.evaluate("each => getComputedStyle(each, '::after').borderTopColor")
    assert inner != photo.evaluate("each => getComputedStyle(each).outlineColor")


def test_photos_say_whose_they_are(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    send_photos(server, alice, conversation, picture())
    send_photos(server, bob, conversation, picture(), picture())
    page = open_thread(open_device(), bob, conversation)
    time = r"\d{1,2}:\d{2} [AP]M"

    names = [
        rf"Photo from Alice Tester, {time}",
        *[rf"Photo {n} of 2 from you, {time}" for n in (1, 2)],
    ]
    for at, name in enumerate(names):
        expect(photos(page).nth(at)).to_have_accessible_name(re.compile(f"^{name}$"))
    open_viewer(page, at=1)
    shown = viewer(page).get_by_role("img", name=re.compile(rf"^{names[1]}$"))
    expect(shown).to_be_visible()


@pytest.mark.parametrize("case", ["320 px", "large text", "right to left"])
def test_photos_fit_narrow_screens(
    open_device: OpenDevice, server: WebServer, alice: User, gallery: Conversation, case: str
) -> None:
    page = open_device(**PHONE | {"viewport": {"width": 320, "height": 640}})
    open_thread(page, alice, gallery)
    if case == "large text":
        enlarge_text(page)
    if case == "right to left":
        page.evaluate("document.documentElement.dir = 'rtl'")
    choose_and_wait(page, *[picture()] * 10)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    outside = """all => all.map(each => each.getBoundingClientRect())
        .filter(({ left, right, height }) => left < 0 || right > innerWidth || height < 44)"""
    assert photos(page).evaluate_all(outside) == []
    photos(page).nth(4).evaluate("each => each.click()")  # little of the thread is left
    expect(viewer(page)).to_be_visible()
    for control in viewer(page).get_by_role("button").all():
        expect(control).to_be_in_viewport(ratio=1)


def test_nothing_moves_when_photos_arrive(
    open_device: OpenDevice, bob: User, gallery: Conversation
) -> None:
    page = open_device(fresh=True)
    held = Hold(page, re.compile(r"/media/photos/"))
    page.add_init_script(RECORD_SHIFTS)
    sign_in(page, bob, path_of(gallery))
    expect(photos(page)).to_have_count(len(SHAPES) + 2 + 4 + 1)
    held.wait()
    blurred = page.locator(".photo-image[style*='background-image']")
    expect(blurred.first).to_be_attached()
    before, shifts = page.evaluate(MEASURE), page.evaluate("shifts.length")

    held.release()
    wait_until(page, lambda: page.evaluate(HAVE_LOADED))

    assert page.evaluate(MEASURE) == before
    assert page.evaluate("shifts.length") == shifts


@pytest.mark.parametrize("first", SHAPES)
def test_three_photos_are_a_square_whatever_their_shapes(
    open_device: OpenDevice,
    server: WebServer,
    alice: User,
    bob: User,
    conversation: Conversation,
    first: tuple[int, int],
) -> None:
    send_photos(server, bob, conversation, picture(*first), picture(60, 1200), picture(1200, 60))
    page = open_thread(open_device(**PHONE), alice, conversation)
    expect_shown(page, 3)

    album, *tiles = page.evaluate(MEASURE)

    assert abs(album[2] - album[3]) <= 3
    sizes = [(width, height) for _, _, width, height in tiles]
    assert abs(sizes[0][1] - album[3]) <= 1
    assert max(abs(width - height) for width, height in sizes[1:]) <= 1
    images = photos(page).locator(".photo-image").evaluate_all(SIZES)
    assert images == [list(each) for each in sizes]


SIZES = "all => all.map(each => [each.offsetWidth, each.offsetHeight])"
