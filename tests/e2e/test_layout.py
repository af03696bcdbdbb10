"""Everything important fits, for any names, texts and window sizes."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, enlarge_text, stop_time, wait_until
from tests.e2e.extreme_cast import fill
from tests.e2e.screens import (
    composer,
    conversations,
    full_name,
    messages,
    navigation,
    open_live_thread,
    path_of,
    sign_in,
)
from tests.factories import make_trainee, open_conversation
from trainer.services.invitations import invite_trainee
from users.models import User

# 320 by 256 is a window of 1280 by 1024 at a zoom of 400 %.
SIZES = {"desk": (1280, 700), "low desk": (1280, 600), "phone": (390, 844), "zoomed": (320, 256)}
WIDTHS = (320, 360, 768, 1024, 1280)

# The overflow of the frame: on a screen that fills the window, neither `main` nor the page may scroll.
OVERFLOW = """() => {
    const main = document.querySelector("main");
    const root = document.documentElement;
    const found = {
        layout: main.dataset.layout,
        main: main.scrollHeight - main.clientHeight,
        scrolled: main.scrollTop + root.scrollTop + root.scrollLeft + main.scrollLeft,
        tall: root.scrollHeight - innerHeight,
        wide: root.scrollWidth - innerWidth + main.scrollWidth - main.clientWidth,
    };
    return JSON.stringify(found);
}"""
FITS = {"layout": "fill", "main": 0, "scrolled": 0, "tall": 0, "wide": 0}
# Visually hidden elements that are positioned outside their nearest scroller, and so lengthen another
# scroller.
STRAYS = """() => {
    const scrolls = element => /auto|scroll|hidden/.test(getComputedStyle(element).overflowY);
    const scrollerOf = element => {
        let found = element.parentElement;
        while (found !== document.body && !scrolls(found)) found = found.parentElement;
        return found;
    };
    return [...document.querySelectorAll("main *")]
        .filter(each => getComputedStyle(each).position === "absolute" && each.offsetParent)
        .filter(each => !scrollerOf(each).contains(each.offsetParent))
        .map(each => `${each.parentElement.className} > ${each.className}`);
}"""
# Elements whose content is cut off without an ellipsis.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter(each => {
    const ends = getComputedStyle(each).textOverflow === "ellipsis";
    const hidden = ".visually-hidden, .row-action-word";
    const isMeant = each.closest(`${hidden}, user-avatar, input, textarea, svg`);
    return !ends && !isMeant && each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1;
}).map(each => `${each.localName}.${each.className} ${each.textContent.trim().slice(0, 40)}`)"""
# The parts of each row that are outside the row or covered by something.
HIDDEN_PARTS = """rows => rows.slice(0, 30).flatMap(row => {
    row.scrollIntoView({ block: "center" });
    const frame = row.getBoundingClientRect();
    return [...row.querySelectorAll("time, .badge, user-avatar")].flatMap(part => {
        const { left, right, top, bottom, width } = part.getBoundingClientRect();
        const isInside = left >= frame.left && right <= frame.right
            && top >= frame.top && bottom <= frame.bottom && width > 0;
        const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const isCut = part.scrollWidth > part.clientWidth + 1 && part.localName !== "user-avatar";
        const isSeen = part === seen || part.contains(seen);
        return isInside && isSeen && !isCut ? [] : [`${row.innerText} ${part.className}`];
    });
})"""

# For each link of the navigation: whether its label is on one line, and whether its label, icon and
# badge are inside the link.
CELLS = """links => links.map(link => {
    const cell = link.getBoundingClientRect();
    const words = document.createRange();
    words.selectNodeContents(link);
    const label = [...link.childNodes].find(each => each.nodeType === 3 && each.data.trim());
    words.selectNode(label);
    const parts = [words, ...link.querySelectorAll(".badge, .nav-icon")]
        .map(each => each.getBoundingClientRect());
    const isWhole = parts.every(({ left, right, top, bottom }) => left >= cell.left - 0.5
        && right <= cell.right + 0.5 && top >= cell.top && bottom <= innerHeight);
    return { isWhole, isOneLine: words.getClientRects().length === 1, label: label.data.trim() };
})"""
DIRECTION = "each => getComputedStyle(each).direction"
TEXT_START = """each => {
    const range = document.createRange();
    range.selectNodeContents(each);
    return range.getBoundingClientRect().left;
}"""
DIRECTIONS = "all => all.map(each => getComputedStyle(each).direction)"
RIGHT_ENDS = "all => all.map(each => Math.round(each.getBoundingClientRect().right))"
# Whether the words before a name, the name, and the words after it are in left-to-right order.
IS_IN_ORDER = """heading => {
    const name = heading.querySelector("bdi").getBoundingClientRect();
    const texts = [...heading.childNodes].filter(each => each.nodeType === 3 && each.data.trim());
    const [before, after] = texts.map(each => {
        const range = document.createRange();
        range.selectNode(each);
        return range.getBoundingClientRect();
    });
    return before.right <= name.left + 8 && name.right <= after.left + 1;
}"""


@pytest.fixture
def crowd(alice: User) -> list[Conversation]:
    """Conversations with 200 people, whose names are difficult in many ways, and a few archived ones."""
    return fill(alice, timezone.now())


@pytest.fixture(params=SIZES)
def window(request: pytest.FixtureRequest, open_device: OpenDevice) -> Page:
    """A page in a window of each size."""
    width, height = SIZES[request.param]
    return open_device(viewport={"width": width, "height": height})


def expect_to_fit(page: Page) -> None:
    """Expect a screen to fill the window, and its frame to have nothing to scroll."""
    wait_until(page, lambda: json.loads(page.evaluate(OVERFLOW))["layout"] == "fill")
    assert json.loads(page.evaluate(OVERFLOW)) == FITS, page.url
    assert page.evaluate(STRAYS) == [], page.url


def scroll_to_end(page: Page) -> None:
    """Scroll the screen to its end, and fire the scroll event."""
    page.evaluate("document.querySelector('main').scrollTop = 1e6")
    wait_until(page, lambda: bool(page.evaluate("document.querySelector('main').scrollTop > 0")))
    page.evaluate("new Promise(requestAnimationFrame)")


@pytest.mark.complains(r"status of 404")
def test_filling_screen_fits_the_window(
    window: Page, alice: User, crowd: list[Conversation]
) -> None:
    newcomer = make_trainee("newcomer", alice, last_name="W" * 60)
    archived = Conversation.objects.filter(is_archived=True).latest("last_message_at")
    sign_in(window, alice)
    expect(conversations(window).first).to_be_visible()
    expect_to_fit(window)
    threads = [path_of(crowd[0]), path_of(crowd[2]), f"/messages/archived/{archived.pk}"]
    for path in threads:
        window.goto(path)
        expect(messages(window).last).to_be_attached()
        expect_to_fit(window)
    window.goto("/messages/archived")
    expect(window.get_by_role("list", name="Archived").get_by_role("link")).to_have_count(8)
    expect_to_fit(window)
    window.goto(f"/messages?trainee={newcomer.pk}")
    expect(composer(window)).to_be_in_viewport(ratio=1)
    expect_to_fit(window)
    window.goto("/messages/999999")
    expect(window.get_by_text("This conversation isn’t available")).to_be_attached()
    expect_to_fit(window)


def test_empty_filling_screen_fits_the_window(window: Page, alice: User, bob: User) -> None:
    sign_in(window, alice)
    expect(window.get_by_role("link", name="Choose a trainee")).to_be_attached()
    expect_to_fit(window)
    window.get_by_role("link", name="Archived").click()
    expect(window.get_by_text("No archived conversations")).to_be_attached()
    expect_to_fit(window)
    window.get_by_role("link", name="Back to messages").click()
    window.get_by_role("link", name="Choose a trainee").click()
    window.get_by_role("link", name="Message Bob").click()
    expect(composer(window)).to_be_in_viewport(ratio=1)
    expect_to_fit(window)


def test_loading_or_failed_filling_screen_fits_the_window(
    window: Page, alice: User, crowd: list[Conversation]
) -> None:
    sign_in(window, alice, "/settings")
    window.route("**/api/messaging/**", lambda route: None)
    window.goto(path_of(crowd[0]))
    expect(window.locator(".bubble-skeleton").first).to_be_attached()
    expect_to_fit(window)
    window.unroute("**/api/messaging/**")


@pytest.mark.parametrize("screen", ["Trainees", "Settings"])
def test_messages_screen_is_not_displaced_after_a_scrolled_screen(
    window: Page, alice: User, crowd: list[Conversation], screen: str
) -> None:
    sign_in(window, alice)
    expect(conversations(window).first).to_be_visible()
    navigation(window).get_by_role("link", name=screen).click()
    last = {"Trainees": "200 trainees", "Settings": "Appearance"}[screen]
    expect(window.get_by_text(last).last).to_be_attached()
    scroll_to_end(window)

    navigation(window).get_by_role("link", name="Messages").click()

    expect(conversations(window).first).to_be_in_viewport(ratio=1)
    expect_to_fit(window)


def test_thread_is_not_displaced_after_a_scrolled_screen(
    window: Page, alice: User, crowd: list[Conversation]
) -> None:
    sign_in(window, alice, "/trainees")
    expect(window.get_by_role("link", name="Message Ng O")).to_be_attached()
    scroll_to_end(window)
    window.get_by_role("main").get_by_role("listitem").last.get_by_role("link").last.click()

    expect(composer(window)).to_be_in_viewport(ratio=1)
    expect(window.locator(".thread-header")).to_be_in_viewport(ratio=1)
    expect_to_fit(window)
    window.goto("/trainees")


def test_messages_screen_is_not_displaced_after_a_scrolled_sign_in(
    open_device: OpenDevice, alice: User, crowd: list[Conversation]
) -> None:
    """At a zoom of 400 %, the sign-in form is taller than the window."""
    page = open_device(viewport={"width": 320, "height": 256})
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in")).to_be_attached()
    scroll_to_end(page)

    sign_in(page, alice)

    expect(conversations(page).first).to_be_visible()
    expect_to_fit(page)


def test_going_back_restores_the_scroll_position_of_the_trainees(
    window: Page, alice: User, crowd: list[Conversation]
) -> None:
    sign_in(window, alice, "/trainees")
    expect(window.get_by_role("link", name="Message Ng O")).to_be_attached()
    link = window.get_by_role("link", name="Message Trainee 008")
    link.scroll_into_view_if_needed()
    place = window.evaluate("document.querySelector('main').scrollTop")
    link.click()
    expect(composer(window)).to_be_visible()

    window.go_back(wait_until="commit")

    expect(window.get_by_role("heading", name="Trainees")).to_be_attached()
    assert place > 0
    wait_until(window, lambda: window.evaluate("document.querySelector('main').scrollTop") == place)


def test_time_and_badge_of_each_conversation_are_in_its_row(
    desk: Page, alice: User, crowd: list[Conversation]
) -> None:
    sign_in(desk, alice)
    expect(conversations(desk).first.locator(".badge")).to_contain_text("99+")
    hidden: dict[int, list[str]] = {}
    for width in WIDTHS:
        desk.set_viewport_size({"width": width, "height": 700})
        hidden[width] = conversations(desk).evaluate_all(HIDDEN_PARTS)
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), width

    assert {width: parts for width, parts in hidden.items() if parts} == {}


@pytest.mark.parametrize("width", [320, 360, 390])
def test_time_and_badge_of_each_conversation_are_in_its_row_with_large_text(
    open_device: OpenDevice, alice: User, crowd: list[Conversation], width: int
) -> None:
    page = sign_in(open_device(viewport={"width": width, "height": 740}), alice)
    expect(conversations(page).first).to_be_visible()

    enlarge_text(page)

    assert conversations(page).evaluate_all(HIDDEN_PARTS) == []
    assert page.evaluate(CUT_OFF) == []
    expect_to_fit(page)


@pytest.mark.parametrize("width", [320, 360, 390])
def test_navigation_and_its_badge_fit_with_large_text_on_a_phone(
    open_device: OpenDevice, alice: User, crowd: list[Conversation], width: int
) -> None:
    page = sign_in(open_device(viewport={"width": width, "height": 740}), alice)
    expect(navigation(page).locator(".badge")).to_contain_text("99+")

    enlarge_text(page)

    cells = navigation(page).get_by_role("link").evaluate_all(CELLS)
    assert [cell["isOneLine"] and cell["isWhole"] for cell in cells] == [True] * 4, cells
    assert page.evaluate("document.querySelector('nav').offsetHeight") < 740 / 6


@pytest.mark.parametrize("text_size", [16, 32])
@pytest.mark.complains(r"status of 404")
def test_no_name_is_cut_off_on_any_screen(
    desk: Page, alice: User, crowd: list[Conversation], text_size: int
) -> None:
    invite_trainee(trainer=alice, email=f"{'w' * 60}@example.com")
    longest = crowd[6].trainee_id
    screens = {
        "/messages": "99+",
        path_of(crowd[0]): "New messages",
        "/messages/archived": "Removed",
        "/trainees": "200 trainees",
        f"/trainees/{longest}": "Stop working together",
        "/trainees?search=nobody": "No trainees found",
        "/invitations": "Pending",
        "/settings": "Appearance",
        "/nowhere": "Page not found",
    }
    sign_in(desk, alice)
    found = {}
    for path, words in screens.items():
        desk.set_viewport_size({"width": WIDTHS[0], "height": 700})
        desk.goto(path)
        expect(desk.get_by_text(words).last).to_be_attached()
        desk.evaluate("size => document.documentElement.style.fontSize = `${size}px`", text_size)
        for width in WIDTHS:
            desk.set_viewport_size({"width": width, "height": 700})
            found[path, width] = desk.evaluate(CUT_OFF)

    assert {place: parts for place, parts in found.items() if parts} == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_sentence_with_a_long_name_is_not_cut_off(
    open_device: OpenDevice, alice: User, crowd: list[Conversation], width: int
) -> None:
    """The sentences are in the dialog, the toast and the impersonation banner."""
    page = open_device(viewport={"width": width, "height": 700})
    longest, christopher = crowd[6].trainee, crowd[0].trainee
    assert longest
    assert christopher
    sign_in(page, alice, f"/trainees/{longest.pk}")
    page.get_by_role("button", name="Remove trainee").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert page.evaluate(CUT_OFF) == []
    dialog.get_by_role("textbox").fill(full_name(longest))
    dialog.get_by_role("button", name="Remove trainee").click()
    expect(page.locator(".toast")).to_be_in_viewport(ratio=1)
    assert page.evaluate(CUT_OFF) == []
    page.goto(f"/trainees/{christopher.pk}")
    page.get_by_role("button", name="View as trainee").click()
    expect(page.get_by_role("button", name="End")).to_be_in_viewport(ratio=1)
    expect(messages(page).last).to_be_visible()
    assert page.evaluate(CUT_OFF) == []
    expect_to_fit(page)


def test_typing_indicator_with_a_long_name_is_not_cut_off(
    open_device: OpenDevice, alice: User, crowd: list[Conversation]
) -> None:
    page = open_device(viewport={"width": 320, "height": 600})
    page.clock.install()
    open_live_thread(page, alice, crowd[6])
    stop_time(page)  # so that the indicator does not expire
    longest = crowd[6].trainee
    assert longest
    other = open_live_thread(open_device(), longest, crowd[6])

    composer(other).press_sequentially("On my way")

    hint = page.get_by_text("is typing")
    expect(hint).to_be_visible()
    assert hint.evaluate("line => line.scrollHeight <= line.clientHeight")
    assert page.evaluate(CUT_OFF) == []


def test_right_to_left_texts_do_not_move_time_and_badge(
    open_device: OpenDevice, alice: User, crowd: list[Conversation]
) -> None:
    page = sign_in(open_device(viewport={"width": 360, "height": 740}), alice)
    expect(conversations(page).first).to_be_visible()

    names = page.locator(".conversation-name").evaluate_all(DIRECTIONS)
    ends = page.locator(".conversation-head time").evaluate_all(RIGHT_ENDS)
    badges = page.locator(".conversation .badge").evaluate_all(RIGHT_ENDS)

    assert names[:8] == ["ltr", "ltr", "ltr", "rtl", "rtl", "ltr", "ltr", "ltr"]
    assert len(set(ends)) == len(set(badges)) == 1


def test_right_to_left_name_is_beside_its_picture(desk: Page, alice: User) -> None:
    dana = make_trainee("dana", alice, first_name="דנה", last_name="כהן")
    open_conversation(alice, dana, "Hello")
    sign_in(desk, alice)

    name = conversations(desk).locator(".conversation-name")
    expect(name).to_have_text("דנה כהן")
    assert name.evaluate(DIRECTION) == "rtl"
    assert (
        name.evaluate(TEXT_START) - name.evaluate("each => each.getBoundingClientRect().left") < 1
    )


def test_right_to_left_password_leaves_room_for_the_button(desk: Page) -> None:
    desk.goto("/sign-in")
    field = desk.get_by_label("Password", exact=True)
    field.fill("סיסמה")
    desk.get_by_role("button", name="Show Password").click()

    room = "each => parseFloat(getComputedStyle(each).paddingRight)"
    button = desk.get_by_role("button", name="Hide Password").bounding_box()
    assert button
    assert field.evaluate(room) >= button["width"]


def test_right_to_left_name_does_not_reorder_its_sentence(desk: Page, alice: User) -> None:
    dana = make_trainee("dana", alice, first_name="דנה", last_name="כהן")
    sign_in(desk, alice, f"/trainees/{dana.pk}")

    desk.get_by_role("button", name="Remove trainee").click()

    heading = desk.get_by_role("dialog").get_by_role("heading")
    expect(heading).to_have_text("Remove דנה כהן?")
    assert heading.evaluate(IS_IN_ORDER)
