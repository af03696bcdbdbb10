"""✓✓ appears only if the other person's client has shown the message."""

import re

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import PHONE, Hold, OpenDevice, cover, hide, show, wait_until
from tests.e2e.full_browser import browser, context_pool  # noqa: F401 - fixtures
from tests.e2e.screens import (
    conversation_with,
    expect_tick,
    expect_unread,
    log,
    message,
    messages,
    open_thread,
    path_of,
    sign_in,
    write,
)
from tests.e2e.test_history import fill, scroll_to_top
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.factories import write as write_history
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User


def test_message_is_pending_until_it_is_stored(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    hold = Hold(desk, "**/send/")

    write(desk, "Squats at six?")

    expect_tick(desk, "Squats at six?", "Sending")
    hold.release()
    expect_tick(desk, "Squats at six?", "Sent")


def test_own_read_receipt_from_another_device_changes_no_tick(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "from Bob")
    open_thread(desk, alice, conversation)
    write(desk, "from Alice")
    expect_tick(desk, "from Alice", "Sent")

    open_thread(phone, alice, conversation)
    write(phone, "from her phone")

    expect(message(desk, "from her phone")).to_be_visible()
    for page in (desk, phone):
        for text in ("Hello", "from Alice", "from her phone"):
            expect_tick(page, text, "Sent")


def test_reload_and_echo_change_no_tick(
    desk: Page, server: WebServer, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    Person(server, tokens_of(alice)).send(conversation.pk, "from elsewhere")
    expect_tick(desk, "from elsewhere", "Sent")

    desk.reload()

    expect_tick(desk, "from elsewhere", "Sent")
    expect_tick(desk, "Hello", "Sent")


def test_message_in_the_list_only_is_not_read(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(phone, bob, "/settings")
    open_thread(desk, alice, conversation)

    write(desk, "Are you there?")

    expect_unread(phone, "2")
    expect_tick(desk, "Are you there?", "Sent")
    assert unread_of(conversation, alice) == 2


def test_hidden_page_marks_nothing_as_read_until_it_is_visible(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    open_thread(desk, alice, conversation)
    expect_tick(desk, "Hello", "Read")
    hide(phone)

    write(desk, "Are you there?")
    expect(message(phone, "Are you there?")).to_be_visible()
    expect_unread(phone, "1")
    expect_tick(desk, "Are you there?", "Sent")
    show(phone)

    expect_tick(desk, "Are you there?", "Read")
    expect_unread(phone, None)


def test_page_without_the_focus_marks_nothing_as_read(
    desk: Page, open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    his = open_device()
    open_thread(his, bob, conversation)
    open_thread(desk, alice, conversation)
    expect_tick(desk, "Hello", "Read")
    cover(his)

    write(desk, "Are you there?")

    expect(message(his, "Are you there?")).to_be_visible()
    expect_unread(his, "1")
    expect_tick(desk, "Are you there?", "Sent")
    his.bring_to_front()
    expect_tick(desk, "Are you there?", "Read")


def test_only_messages_shown_on_the_screen_are_read(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, *(f"exercise {n}\n\n\n\n" for n in range(30)))

    open_thread(phone, bob, conversation)

    expect(messages(phone).filter(has_text="Hello")).to_be_in_viewport()
    expect_unread_rows(phone, conversation, alice, at_most=30, at_least=15)
    read_to_the_end(phone)
    expect_unread(phone, None)
    expect_unread_rows(phone, conversation, alice, at_most=0, at_least=0)


def test_skipped_message_stays_unread_until_it_is_shown(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, *(f"exercise {n}\n\n\n\n" for n in range(30)))
    open_thread(phone, bob, conversation)
    expect(messages(phone).filter(has_text="Hello")).to_be_in_viewport()

    log(phone).evaluate("log => log.scrollTo(0, 0)")
    expect(message(phone, "exercise 29")).to_be_in_viewport()

    expect_unread_rows(phone, conversation, alice, at_most=30, at_least=15)
    scroll_to_top(phone)
    read_to_the_end(phone)
    expect_unread(phone, None)


@pytest.mark.complains(r"net::ERR_FAILED")
def test_stale_cached_row_hides_no_unread_message(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    """A click on a notification can open a thread for the first time while the cached list is old."""
    page = open_device(**PHONE)
    sign_in(page, alice)
    expect(conversation_with(page, bob)).to_be_visible()
    page.goto("about:blank")
    fill(conversation, 120, is_read=False)
    page.route("**/conversations/?*", lambda route: route.abort())

    page.goto(path_of(conversation))

    expect_first_unread_on_screen(page, "message 1")
    write(page, "I saw the first ones")
    expect_tick(page, "I saw the first ones", "Sent")
    expect_unread_rows(page, conversation, bob, at_most=59, at_least=40)


def test_answer_reads_what_is_on_the_screen_and_everything_before_it(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    """Messages that are not loaded are read too, but no message below the screen."""
    fill(conversation, 300, is_read=False)
    open_thread(phone, bob, conversation)
    read_to_the_end(phone)
    assert unread_of(conversation, alice) == 151

    write(phone, "I saw the last ones")

    expect_tick(phone, "I saw the last ones", "Sent")
    expect_unread(phone, None)
    expect_unread_rows(phone, conversation, alice, at_most=0, at_least=0)


def test_answer_above_the_end_reads_nothing_below_the_screen(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, *(f"exercise {n}\n\n\n\n" for n in range(30)))
    open_thread(phone, bob, conversation)
    expect(messages(phone).filter(has_text="Hello")).to_be_in_viewport()

    write(phone, "I saw the beginning")

    expect_tick(phone, "I saw the beginning", "Sent")
    expect_unread_rows(phone, conversation, alice, at_most=30, at_least=15)


def test_thread_can_be_marked_as_read(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 300, is_read=False)
    open_thread(phone, bob, conversation)
    expect(phone.get_by_role("button", name="Mark as read")).to_be_visible()
    tops = phone.locator(".thread-header .icon-button").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().top)"
    )
    assert len(tops) >= 2
    assert len(set(tops)) == 1

    phone.get_by_role("button", name="Mark as read").click()

    expect_unread(phone, None)
    expect(phone.get_by_role("button", name="Mark as read")).to_have_count(0)
    expect_unread_rows(phone, conversation, alice, at_most=0, at_least=0)


def test_conversation_can_be_marked_as_read_in_the_list_by_keyboard(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 300, is_read=False)
    sign_in(desk, alice)
    conversation_with(desk, bob).focus()

    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Mark messages from Bob Tester as read")).to_be_focused()
    desk.keyboard.press("Enter")

    expect_unread(desk, None)
    expect(desk.get_by_role("button", name="Mark messages from Bob Tester as read")).to_have_count(
        0
    )
    expect(conversation_with(desk, bob)).to_be_focused()
    expect_unread_rows(desk, conversation, bob, at_most=0, at_least=0)


def test_thread_that_is_read_at_once_offers_no_button(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)

    expect_unread(phone, None)
    expect(phone.get_by_role("button", name="Mark as read")).to_have_count(0)


@pytest.mark.complains(r"net::ERR_FAILED")
def test_nothing_is_read_while_older_messages_cannot_be_loaded(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 60, is_read=False)
    older = re.compile(r"/messages/\?before=\d{1,12}&")
    phone.route(older, lambda route: route.abort())
    open_thread(phone, bob, conversation)
    assert unread_of(conversation, alice) == 31
    again = phone.get_by_role("button", name="Try again")
    expect(again).to_be_attached()
    phone.unroute(older)

    scroll_to_top(phone)
    again.click()
    go_to_the_beginning(phone)
    read_to_the_end(phone)
    expect_unread(phone, None)


def test_reset_scrolls_to_the_first_unread_message_and_reads_no_other(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    expect_unread(phone, None)
    phone.get_by_role("link", name="Settings").click()
    phone.goto("about:blank")
    fill(conversation, 500)
    fill(conversation, 60, is_read=False)

    phone.goto(path_of(conversation))

    expect_first_unread_on_screen(phone, "message 0")
    write(phone, "I saw the first ones")
    expect_tick(phone, "I saw the first ones", "Sent")
    expect_unread_rows(phone, conversation, alice, at_most=29, at_least=15)


def test_pending_message_hides_no_unread_message(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 60, is_read=False)
    sign_in(desk, alice)
    pages, sending = Hold(desk, "**/messages/?*"), Hold(desk, "**/send/")
    conversation_with(desk, bob).click()
    write(desk, "before anything is loaded")
    expect_tick(desk, "before anything is loaded", "Sending")

    pages.release()

    expect_first_unread_on_screen(desk, "message 1")
    sending.release()
    expect_tick(desk, "before anything is loaded", "Sent")
    expect_unread_rows(desk, conversation, bob, at_most=29, at_least=5)


def expect_first_unread_on_screen(page: Page, text: str) -> None:
    first = page.locator(".unread-divider + .message")
    expect(first.locator(".bubble-text")).to_have_text(text)
    expect(first).to_be_in_viewport()


def go_to_the_beginning(page: Page) -> None:
    """Scroll up while older messages load, until the first one is on the screen."""

    def is_there() -> bool:
        scroll_to_top(page)
        return message(page, "Hello").count() == 1

    wait_until(page, is_there)
    scroll_to_top(page)


def read_to_the_end(page: Page) -> None:
    """Scroll down to the end in steps of less than a screen, and wait until each step is painted."""
    log(page).evaluate("""async log => {
        const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)));
        await drawn();
        while (log.scrollTop < 0) {
            log.scrollBy(0, log.clientHeight * 0.7);
            await drawn();
        }
    }""")


def test_message_arriving_in_an_open_thread_is_read(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    open_thread(desk, alice, conversation)

    write(desk, "Are you there?")

    expect_tick(desk, "Are you there?", "Read")
    expect_unread(phone, None)


def test_reading_one_conversation_leaves_others_unread(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    carol = make_trainee("carol", alice)
    other = open_conversation(alice, carol)
    write_history(bob, conversation, "from Bob")
    write_history(carol, other, "from Carol")

    open_thread(desk, alice, other)

    expect_unread(desk, "1")
    expect(conversation_with(desk, bob).locator(".badge")).to_contain_text("1")
    desk.goto(path_of(conversation))
    expect_unread(desk, None)


def unread_of(conversation: Conversation, sender: User) -> int:
    return conversation.messages.filter(sender=sender, read_at=None).count()


def expect_unread_rows(
    page: Page, conversation: Conversation, sender: User, *, at_most: int, at_least: int
) -> None:
    wait_until(page, lambda: unread_of(conversation, sender) <= at_most)
    assert unread_of(conversation, sender) >= at_least
