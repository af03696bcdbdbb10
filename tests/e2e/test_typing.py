"""The typing indicator: few frames, and removed in time."""

import json

from playwright.sync_api import Page, WebSocket, expect

from messaging.models import Conversation
from tests.e2e.devices import stop_time
from tests.e2e.screens import composer, message, open_live_thread, write
from users.models import User


def note_typing(page: Page) -> list[bool]:
    """Collect the typing frames that a page sends."""
    sent: list[bool] = []

    def note(payload: str | bytes) -> None:
        frame = json.loads(payload)
        if frame["type"] == "typing":
            sent.append(frame["is_typing"])

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", note)

    page.on("websocket", watch)
    return sent


def test_typing_is_shown_and_ends_with_the_message(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_live_thread(phone, bob, conversation)
    open_live_thread(desk, alice, conversation)
    hint = desk.get_by_text("is typing")

    composer(phone).press_sequentially("On my way")
    expect(hint).to_be_visible()
    phone.get_by_role("button", name="Send").click()

    expect(message(desk, "On my way")).to_be_visible()
    expect(hint).to_have_count(0)


def test_typing_ends_when_the_composer_is_emptied(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    desk.clock.install()
    open_live_thread(phone, bob, conversation)
    open_live_thread(desk, alice, conversation)
    # The clock is stopped, so that the indicator does not expire.
    stop_time(desk)
    composer(phone).press_sequentially("O")
    expect(desk.get_by_text("is typing")).to_be_visible()

    composer(phone).press("Backspace")

    expect(desk.get_by_text("is typing")).to_have_count(0)


def test_typing_expires_and_frames_are_few(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sent = note_typing(phone)
    for page in (phone, desk):
        page.clock.install()
    open_live_thread(phone, bob, conversation)
    open_live_thread(desk, alice, conversation)
    stop_time(phone)

    composer(phone).press_sequentially("I will be there at")
    expect(desk.get_by_text("is typing")).to_be_visible()
    assert sent == [True]
    desk.clock.fast_forward(4_000)

    expect(desk.get_by_text("is typing")).to_have_count(0)


def test_typing_again_after_3_s_is_sent_again(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    sent = note_typing(phone)
    phone.clock.install()
    open_live_thread(phone, bob, conversation)
    stop_time(phone)

    composer(phone).press_sequentially("I will")
    phone.clock.fast_forward(3_000)
    composer(phone).press_sequentially(" be there")
    write(phone, "Bye")

    expect(message(phone, "Bye")).to_be_visible()
    assert sent == [True, True, False]


def test_typing_again_at_once_is_not_sent_again(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    sent = note_typing(phone)
    phone.clock.install()
    open_live_thread(phone, bob, conversation)
    stop_time(phone)

    composer(phone).press_sequentially("I")
    composer(phone).press("Backspace")
    composer(phone).press_sequentially("You")
    write(phone, "Bye")

    expect(message(phone, "Bye")).to_be_visible()
    assert sent == [True, False]
