"""What appears for a while, such as a lost connection, moves and covers nothing, and goes away again."""

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    conversations,
    expect_texts,
    expect_tick,
    log,
    message,
    messages,
    navigation,
    open_live_thread,
    open_thread,
    sign_in,
    write,
)
from tests.e2e.test_history import fill
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from trainer.services.trainees import remove_trainee
from users.models import User

pytestmark = pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED|status of 404")

TOPS = "all => JSON.stringify(all.map(each => each.getBoundingClientRect().top))"
# The texts that the name of a day covers.
COVERED = """() => [...document.querySelectorAll(".day-name button")].flatMap(name => {
    const { top, bottom } = name.getBoundingClientRect();
    return [...document.querySelectorAll(".bubble")].filter(bubble => {
        const covered = bubble.getBoundingClientRect();
        return covered.top < bottom && covered.bottom > top;
    }).map(bubble => bubble.textContent.trim());
}).length"""
OFFLINE = "You are offline."
OFFLINE_WITH_COMPOSER = "You are offline. Messages will wait."


def expect_line(page: Page, text: str) -> None:
    """Expect the only line that says how the connection is."""
    line = page.locator(".connection-line").filter(has_text="offline")
    expect(line).to_have_text(text)
    expect(line).to_be_in_viewport(ratio=1)


# Offline
# ------------------------------------------------------------------------------
def test_conversation_that_was_never_opened_can_be_written_in_offline(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(phone, alice)
    expect(conversation_with(phone, bob)).to_be_visible()
    open_and_leave_another(phone, alice)
    phone.context.set_offline(True)
    conversation_with(phone, bob).click()
    expect(phone.get_by_text("Messages couldn’t be loaded")).to_be_visible()
    expect_line(phone, OFFLINE_WITH_COMPOSER)

    write(phone, "from the tunnel")

    expect_tick(phone, "from the tunnel", "Sending")
    expect(phone.get_by_text("Earlier messages couldn’t be loaded.")).to_be_visible()
    phone.context.set_offline(False)
    expect_texts(phone, ["Hello", "from the tunnel"])
    expect_tick(phone, "from the tunnel", "Sent")


def open_and_leave_another(page: Page, alice: User) -> None:
    """Open a thread, because the first one loads the modules."""
    carol = make_trainee("carol", alice)
    open_conversation(alice, carol, "Welcome")
    conversation_with(page, carol).click()
    expect(message(page, "Welcome")).to_be_visible()
    page.get_by_role("button", name="Back").click()


def test_offline_line_promises_nothing_where_one_cannot_write(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_live_thread(desk, alice, conversation)
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    expect(composer(desk)).to_have_count(0)

    desk.context.set_offline(True)

    expect_line(desk, OFFLINE)


def test_offline_line_promises_nothing_while_impersonating(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(message(desk, "Hello")).to_be_visible()

    desk.context.set_offline(True)

    expect_line(desk, OFFLINE)


def settled_tops(rows: Locator) -> str:
    """Return the tops of rows, once those that were prepended have their final heights."""
    seen = [""]

    def is_settled() -> bool:
        rows.page.wait_for_timeout(200)
        seen.append(str(rows.evaluate_all(TOPS)))
        return seen[-1] == seen[-2]

    wait_until(rows.page, is_settled)
    return seen[-1]


@pytest.mark.parametrize("size", [(320, 568), (360, 740), (390, 844), (667, 375), (1280, 600)])
@pytest.mark.parametrize("pixels", [0, -400])
def test_lost_connection_does_not_move_the_messages(
    open_device: OpenDevice,
    alice: User,
    conversation: Conversation,
    size: tuple[int, int],
    pixels: int,
) -> None:
    fill(conversation, 39)
    page = open_device(viewport={"width": size[0], "height": size[1]})
    open_live_thread(page, alice, conversation)
    expect(messages(page)).to_have_count(40)
    log(page).evaluate("(log, pixels) => log.scrollBy(0, pixels)", pixels)
    before = settled_tops(messages(page))

    page.context.set_offline(True)

    expect_line(page, OFFLINE_WITH_COMPOSER)
    assert messages(page).evaluate_all(TOPS) == before
    page.context.set_offline(False)
    expect(page.get_by_text(OFFLINE_WITH_COMPOSER)).to_have_count(0)
    assert messages(page).evaluate_all(TOPS) == before


@pytest.mark.parametrize("width", [320, 390])
def test_lost_connection_does_not_move_the_list(
    open_device: OpenDevice, alice: User, conversation: Conversation, width: int
) -> None:
    page = sign_in(open_device(viewport={"width": width, "height": 700}), alice)
    expect(conversations(page)).to_have_count(1)
    before = settled_tops(conversations(page))

    page.context.set_offline(True)

    expect_line(page, OFFLINE)
    assert conversations(page).evaluate_all(TOPS) == before


# The name of the day
# ------------------------------------------------------------------------------
def test_name_of_the_day_is_shown_while_scrolling_and_covers_no_text_afterwards(
    phone: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 60)
    open_thread(phone, alice, conversation)
    expect(messages(phone)).to_have_count(40)
    day = phone.get_by_role("heading", name="Today").locator("button")

    # The module that shows it is loaded once the messages are there.
    def is_shown_after_scrolling() -> bool:
        log(phone).evaluate("log => log.scrollBy(0, -1)")
        return bool(day.evaluate("name => name.getBoundingClientRect().top > 0"))

    wait_until(phone, is_shown_after_scrolling)
    for step in range(6):
        log(phone).evaluate("log => log.scrollBy(0, -37)")
        expect(day, str(step)).to_be_in_viewport()

    wait_until(phone, lambda: phone.evaluate(COVERED) == 0)
    expect(day).not_to_be_in_viewport()


# The button to the newest message
# ------------------------------------------------------------------------------
def test_scroll_event_of_a_thread_that_was_left_is_no_error(
    desk: Page, bob: User, conversation: Conversation
) -> None:
    """Browsers fire the event in the next frame, when the thread can be gone."""
    fill(conversation, 60)
    open_thread(desk, bob, conversation)
    scroller = log(desk).element_handle()
    navigation(desk).get_by_role("link", name="Settings").click()
    expect(desk.get_by_role("heading", name="Settings")).to_be_visible()
    assert not scroller.evaluate("each => each.isConnected")

    scroller.evaluate("each => { each.dispatchEvent(new Event('scroll')); }")

    desk.evaluate("new Promise(done => setTimeout(done))")  # the page reports an error meanwhile


def test_button_counts_only_messages_that_arrived_and_were_not_shown(
    phone: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 80, is_read=False)
    open_live_thread(phone, bob, conversation)
    button = phone.locator(".newest-button")
    expect(button).to_have_accessible_name("Go to the newest message")
    hers = Person(server, tokens_of(alice))
    hers.send(conversation.pk, "news")
    expect(button).to_have_text("1 new message")

    button.click()
    expect(message(phone, "news")).to_be_in_viewport()
    expect(button).to_have_count(0)
    log(phone).evaluate("log => log.scrollBy(0, -600)")
    expect(button).to_have_accessible_name("Go to the newest message")
    hers.send(conversation.pk, "more news")

    expect(button).to_have_text("1 new message")


def test_button_does_not_count_messages_that_were_read_elsewhere(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 60)
    open_live_thread(desk, alice, conversation)
    log(desk).evaluate("log => log.scrollBy(0, -900)")
    Person(server, tokens_of(bob)).send(conversation.pk, "news")
    expect(desk.get_by_role("button", name="1 new message")).to_be_visible()

    Person(server, tokens_of(alice)).post(f"messaging/conversations/{conversation.pk}/read/")

    expect(desk.get_by_role("button", name="Go to the newest message")).to_be_visible()
    expect(desk.get_by_text("1 new message")).to_have_count(0)


# Confirmations
# ------------------------------------------------------------------------------
def test_confirmation_of_a_saved_profile_goes_away(desk: Page, alice: User) -> None:
    sign_in(desk, alice, "/settings")
    desk.get_by_label("First name").fill("Alicia")
    desk.get_by_role("button", name="Save profile").click()
    expect(desk.get_by_text("Profile saved.")).to_be_visible()

    expect(desk.get_by_text("Profile saved.")).to_have_count(0)


# Phones that are held sideways
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [(844, 390), (844, 340), (932, 430), (1280, 600)])
def test_sign_out_is_not_cut_off(
    open_device: OpenDevice, alice: User, conversation: Conversation, size: tuple[int, int]
) -> None:
    page = sign_in(open_device(viewport={"width": size[0], "height": size[1]}), alice)

    expect(navigation(page).get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)
    for link in navigation(page).get_by_role("link").all():
        expect(link).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [(667, 375), (568, 320), (844, 390), (800, 250)])
def test_sign_out_in_the_settings_can_be_reached(
    open_device: OpenDevice, alice: User, size: tuple[int, int]
) -> None:
    page = sign_in(open_device(viewport={"width": size[0], "height": size[1]}), alice, "/settings")
    button = page.get_by_role("main").get_by_role("button", name="Sign out")

    button.scroll_into_view_if_needed()

    expect(button).to_be_in_viewport(ratio=1)
    page.wait_for_load_state("networkidle")  # the browser complains about requests that are refused
    button.click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
