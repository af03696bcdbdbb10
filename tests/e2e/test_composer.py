"""The composer: several lines, up to 2000 characters, and drafts that survive leaving the page."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import PHONE, OpenDevice, wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_tick,
    message,
    messages,
    open_thread,
    write,
)
from tests.factories import make_trainee, open_conversation
from users.models import User


@pytest.fixture
def thread(desk: Page, alice: User, conversation: Conversation) -> Page:
    """Bob's thread at Alice's desk."""
    return open_thread(desk, alice, conversation)


def test_enter_sends_and_shift_enter_adds_a_line(thread: Page, conversation: Conversation) -> None:
    composer(thread).press_sequentially("one")
    composer(thread).press("Shift+Enter")
    composer(thread).press_sequentially("two")
    expect(messages(thread)).to_have_count(1)

    composer(thread).press("Enter")

    expect_tick(thread, "one\ntwo", "Sent")
    expect(composer(thread)).to_have_value("")
    expect(composer(thread)).to_be_focused()
    assert conversation.messages.latest("id").content == "one\ntwo"


def test_button_sends_too(thread: Page) -> None:
    composer(thread).fill("by hand")

    thread.get_by_role("button", name="Send").click()

    expect_tick(thread, "by hand", "Sent")


def test_enter_adds_a_line_with_an_on_screen_keyboard(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    expect(composer(phone)).to_have_attribute("enterkeyhint", "enter")

    composer(phone).press_sequentially("one")
    press_on_screen_enter(phone)
    composer(phone).press_sequentially("two")
    phone.get_by_role("button", name="Send").tap()

    expect_tick(phone, "one\ntwo", "Sent")
    assert conversation.messages.latest("id").content == "one\ntwo"


def press_on_screen_enter(page: Page) -> None:
    """Press Enter as on-screen keyboards do: the key has no position on a keyboard."""
    keyboard = page.context.new_cdp_session(page)
    key = {"key": "Enter", "code": "", "windowsVirtualKeyCode": 13}
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": "\r", **key})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})


@pytest.mark.parametrize("key", ["Enter", "NumpadEnter", "Control+Enter", "Meta+Enter"])
def test_real_keyboard_of_a_tablet_sends(
    open_device: OpenDevice, bob: User, conversation: Conversation, key: str
) -> None:
    tablet = open_device(**{**PHONE, "viewport": {"width": 820, "height": 1180}})
    open_thread(tablet, bob, conversation)
    composer(tablet).press_sequentially("one")
    composer(tablet).press("Shift+Enter")
    composer(tablet).press_sequentially("two")

    composer(tablet).press(key)

    expect_tick(tablet, "one\ntwo", "Sent")


def test_on_screen_keyboard_that_covers_the_page_adds_a_line(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    """Some on-screen keyboards name the key's position, but their height shows."""
    open_thread(phone, bob, conversation)
    phone.evaluate("Object.defineProperty(visualViewport, 'height', { value: innerHeight - 300 })")

    composer(phone).press_sequentially("one")
    composer(phone).press("Enter")

    expect(composer(phone)).to_have_value("one\n")


@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
def test_enter_with_control_or_command_sends(thread: Page, key: str) -> None:
    composer(thread).fill("by key")

    composer(thread).press(key)

    expect_tick(thread, "by key", "Sent")


def test_enter_that_confirms_an_input_method_does_not_send(thread: Page) -> None:
    composer(thread).fill("こんにちは")

    composer(thread).dispatch_event("keydown", {"key": "Enter", "isComposing": True})

    expect(composer(thread)).to_have_value("こんにちは")
    expect(messages(thread)).to_have_count(1)


def test_white_space_alone_is_not_sent(thread: Page) -> None:
    composer(thread).fill("  \n ")
    composer(thread).press("Enter")

    expect(thread.get_by_role("button", name="Send")).to_be_disabled()
    expect(messages(thread)).to_have_count(1)


def test_counter_shows_from_1800_and_blocks_past_2000(
    thread: Page, conversation: Conversation
) -> None:
    counter = thread.locator(".counter")
    composer(thread).fill("x" * 1799)
    expect(counter).to_be_empty()
    composer(thread).fill("x" * 1800)
    expect(counter).to_contain_text("1800")

    composer(thread).fill("😀" * 2001)
    expect(counter).to_contain_text("2001")
    composer(thread).press("Enter")
    expect(composer(thread)).to_have_value("😀" * 2001)
    expect(composer(thread)).to_have_attribute("aria-invalid", "true")
    wait_until(thread, lambda: is_red(thread, ".counter"))

    write(thread, "😀" * 2000)
    expect_tick(thread, "😀" * 2000, "Sent")
    assert conversation.messages.latest("id").content == "😀" * 2000


def test_draft_is_stored_per_conversation_and_survives_a_reload(
    thread: Page, alice: User, bob: User
) -> None:
    carol = make_trainee("carol", alice)
    open_conversation(alice, carol, "Hello Carol")
    composer(thread).fill("for Bob")
    conversation_with(thread, carol).click()
    expect(message(thread, "Hello Carol")).to_be_visible()
    expect(composer(thread)).to_have_value("")

    composer(thread).fill("for Carol")
    conversation_with(thread, bob).click()

    expect(composer(thread)).to_have_value("for Bob")
    thread.reload()
    expect(composer(thread)).to_have_value("for Bob")
    conversation_with(thread, carol).click()
    expect(composer(thread)).to_have_value("for Carol")


def test_sent_text_leaves_no_draft(thread: Page) -> None:
    write(thread, "gone")
    expect_tick(thread, "gone", "Sent")

    thread.reload()

    expect_tick(thread, "gone", "Sent")
    expect(composer(thread)).to_have_value("")


def test_links_open_safely_and_long_words_wrap(thread: Page) -> None:
    word = "x" * 1900
    write(thread, f"see https://example.com/a?b=1. javascript:alert(1) {word}")

    link = messages(thread).last.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "https://example.com/a?b=1")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(messages(thread).last).to_contain_text(word)
    assert not thread.evaluate(OVERFLOWS)


def test_right_to_left_text_and_emoji_are_shown_as_written(thread: Page) -> None:
    write(thread, "שלום 💪🏽 مرحبا")

    expect_tick(thread, "שלום 💪🏽 مرحبا", "Sent")
    text = message(thread, "שלום 💪🏽 مرحبا").locator(".bubble-text")
    assert text.evaluate("text => getComputedStyle(text).direction") == "rtl"


def test_each_paragraph_has_its_own_direction(thread: Page) -> None:
    write(thread, "Squats first\nמה שלומך?\nthen rest")
    expect(messages(thread).last).to_contain_text("then rest")

    sides = messages(thread).last.locator(".bubble-text").evaluate(SIDES)

    assert sides == ["left", "right", "left"]


# Return the side of the bubble at which each line of the text starts.
SIDES = """text => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const whole = text.parentElement.getBoundingClientRect();
    const lines = [...range.getClientRects()].filter((each) => each.width > 1);
    const gap = (each) => each.left - whole.left - (whole.right - each.right);
    return lines.map((each) => (gap(each) > 1 ? "right" : "left"));
}"""
OVERFLOWS = """() => {
    const log = document.querySelector("[role=log]");
    return log.scrollWidth > log.clientWidth || document.body.scrollWidth > innerWidth;
}"""


def is_red(page: Page, selector: str) -> bool:
    """Return whether an element's text is much more red than blue."""
    script = """element => {
        const canvas = new OffscreenCanvas(1, 1).getContext("2d");
        canvas.fillStyle = getComputedStyle(element).color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }"""
    red, _, blue = page.locator(selector).evaluate(script)
    return bool(red > blue + 60)


KEYBOARD_OVER_THE_PAGE = """
    const viewport = Object.assign(new EventTarget(), { scale: 1, height: innerHeight });
    Object.defineProperty(globalThis, "visualViewport", { value: viewport });
    globalThis.leaveHeight = (height) => {
        viewport.height = height;
        viewport.dispatchEvent(new Event("resize"));
    };
"""


def test_composer_stays_above_a_keyboard_that_overlays_the_page(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    """As on iOS: the page keeps its height, and only the visual viewport shrinks."""
    phone.add_init_script(KEYBOARD_OVER_THE_PAGE)
    open_thread(phone, bob, conversation)

    phone.evaluate("leaveHeight(400)")
    wait_until(phone, lambda: bottom_of_box(phone) <= 400)
    phone.evaluate("leaveHeight(innerHeight)")

    wait_until(phone, lambda: bottom_of_box(phone) > 400)


def bottom_of_box(page: Page) -> float:
    box = composer(page).bounding_box()
    assert box
    return box["y"] + box["height"]
