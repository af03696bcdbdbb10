"""A thread that is opened at a message of the past, with the way back to the newest one."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.screens import (
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
from tests.e2e.test_history import fill, row_in_the_middle, top_of
from tests.e2e.test_second_thoughts import wait_for_actions
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

COUNT = 3_000
ZONE = ZoneInfo("America/New_York")


def id_of(conversation: Conversation, text: str) -> int:
    return conversation.messages.get(content=text).pk


def path_at(conversation: Conversation, text: str) -> str:
    return f"{path_of(conversation)}?message={id_of(conversation, text)}"


def newest_button(page: Page) -> Locator:
    return page.locator(".newest-button")


@pytest.fixture
def past(desk: Page, alice: User, conversation: Conversation) -> Page:
    """Alice's thread of 3,001 messages, opened at an early one."""
    fill(conversation, COUNT)
    desk.add_init_script(NOTE_MARKED)
    sign_in(desk, alice, path_at(conversation, "message 100"))
    expect(message(desk, "message 100")).to_be_in_viewport(ratio=1)
    return desk


# Records the texts of messages that have been marked, because the mark goes away.
NOTE_MARKED = """
    globalThis.marked = [];
    const textOf = row => row.querySelector(".bubble-text").textContent;
    const note = records => marked.push(...records.map(({ target }) => target)
        .filter(row => row.hasAttribute("data-found")).map(textOf));
    new MutationObserver(note).observe(document, { subtree: true, attributeFilter: ["data-found"] });
"""


def test_thread_opens_at_a_message_with_its_surroundings_and_marks_it(past: Page) -> None:
    wait_until(past, lambda: past.evaluate("marked") == ["message 100"])
    expect(message(past, "message 100")).to_be_focused()
    expect(message(past, "message 97")).to_be_in_viewport()
    expect(message(past, "message 103")).to_be_in_viewport()
    expect(message(past, f"message {COUNT - 1}")).to_have_count(0)


def test_address_of_a_message_survives_a_reload_and_the_way_back(
    past: Page, conversation: Conversation
) -> None:
    past.reload()
    expect(message(past, "message 100")).to_be_in_viewport()
    past.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    expect(past).to_have_url(re.compile("/settings$"))

    past.go_back()

    expect(message(past, "message 100")).to_be_in_viewport()


def test_button_goes_back_to_the_newest_message_and_to_its_address(
    past: Page, conversation: Conversation
) -> None:
    newest_button(past).click()

    expect(message(past, f"message {COUNT - 1}")).to_be_in_viewport()
    expect(past).to_have_url(re.compile(f"{path_of(conversation)}$"))
    expect(newest_button(past)).to_have_count(0)


def test_past_is_read_on_in_both_directions_without_a_jump(past: Page) -> None:
    worst = log(past).evaluate(READ_ON, {"step": -211, "until": "message 0"})
    worst = max(worst, log(past).evaluate(READ_ON, {"step": 211, "until": "message 400"}))

    assert worst <= 1


# Scroll on until a text is in the page; return the greatest distance of a row from where it belongs.
READ_ON = """async (log, { step, until }) => {
    const frame = () => new Promise(requestAnimationFrame);
    const { top: start } = log.getBoundingClientRect();
    const isThere = () => [...log.querySelectorAll(".bubble-text")]
        .some(each => each.textContent === until);
    let worst = 0;
    while (!isThere()) {
        const row = [...log.querySelectorAll(".message")]
            .find(each => each.getBoundingClientRect().bottom > start + log.clientHeight / 2);
        const { top } = row.getBoundingClientRect();
        const { scrollTop, scrollHeight } = log;
        log.scrollBy(0, step);
        const asked = row.getBoundingClientRect().top;
        for (let n = 0; n < 3; n += 1) await frame();
        worst = Math.max(worst, Math.abs(row.getBoundingClientRect().top - asked));
    }
    return worst;
}"""


def test_past_meets_the_newest_messages(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 300)
    sign_in(desk, alice, path_at(conversation, "message 150"))
    expect(message(desk, "message 150")).to_be_in_viewport()

    log(desk).evaluate(READ_ON, {"step": 300, "until": "message 299"})
    log(desk).evaluate("log => log.scrollTo(0, 0)")

    expect(message(desk, "message 299")).to_be_in_viewport()
    expect(newest_button(desk)).to_have_count(0)


def test_new_message_is_counted_and_moves_nothing_in_the_past(
    past: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    before = row_in_the_middle(past)

    Person(server, tokens_of(bob)).send(conversation.pk, "news")

    expect(newest_button(past)).to_have_text("1 new message")
    assert abs(top_of(past, before) - before.top) <= 1
    expect_unread(past, "1")
    newest_button(past).click()
    expect(message(past, "news")).to_be_in_viewport()
    expect(message(past, f"message {COUNT - 1}")).to_be_in_viewport()
    expect_unread(past, None)


def test_own_message_goes_to_the_newest_ones(past: Page) -> None:
    write(past, "my answer")

    expect(message(past, "my answer")).to_be_in_viewport()
    expect_tick(past, "my answer", "Sent")
    expect(message(past, f"message {COUNT - 1}")).to_be_in_viewport()


def test_unread_messages_around_a_jump_stay_unread(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    """A receipt covers all messages before it, and those were never on the screen."""
    fill(conversation, 600, is_read=False)
    unread = conversation.messages.filter(sender=alice, read_at=None).count()
    sign_in(phone, bob, path_at(conversation, "message 300"))
    expect(message(phone, "message 300")).to_be_in_viewport()

    log(phone).evaluate(READ_ON, {"step": 300, "until": "message 360"})
    write(phone, "my answer")

    expect_tick(phone, "my answer", "Sent")
    assert conversation.messages.filter(sender=alice, read_at=None).count() == unread


def test_messages_that_are_read_after_a_jump_are_marked(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 200)
    conversation.messages.filter(pk__gt=id_of(conversation, "message 150")).update(
        read_at=None, read_version=None
    )
    sign_in(phone, bob, path_at(conversation, "message 148"))

    expect(message(phone, "message 152")).to_be_in_viewport()

    expect(message(phone, "message 152")).not_to_have_attribute("data-unread", "")
    below = conversation.messages.filter(pk__gte=id_of(conversation, "message 190"), sender=alice)
    assert below.filter(read_at=None).count() == below.count() > 0


@pytest.mark.complains(r"status of 404")
def test_message_that_is_not_there_opens_the_newest_ones(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, f"{path_of(conversation)}?message=999999999")

    expect(desk.get_by_text("This message isn’t available.")).to_be_visible()
    expect(message(desk, "Hello")).to_be_in_viewport()


def test_quote_jumps_to_its_message(desk: Page, alice: User, conversation: Conversation) -> None:
    fill(conversation, COUNT)
    open_thread(desk, alice, conversation)
    jump = f"""row => row.dispatchEvent(new CustomEvent("jump", {{
        bubbles: true, detail: {{ messageId: {id_of(conversation, "message 100")} }} }}))"""

    messages(desk).last.evaluate(jump)

    expect(message(desk, "message 100")).to_be_in_viewport()
    expect(desk).to_have_url(re.compile(r"\?message=\d+$"))
    log(desk).evaluate("log => log.scrollBy(0, -300)")
    messages(desk).first.evaluate(jump)
    expect(message(desk, "message 100")).to_be_focused()


def test_date_opens_the_first_message_of_that_day(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    fill(conversation, COUNT)
    old = conversation.messages.filter(pk__lt=id_of(conversation, "message 100"))
    old.update(created_at=datetime(2026, 3, 1, 23, 59, tzinfo=ZONE))
    conversation.messages.filter(content="message 100").update(
        created_at=datetime(2026, 3, 4, 0, 0, tzinfo=ZONE)
    )
    desk = open_device(timezone_id=ZONE.key)
    open_thread(desk, alice, conversation)
    desk.get_by_role("button", name="Search this conversation").click()

    desk.get_by_label("Date").fill("2026-03-02")
    desk.get_by_role("button", name="Go to date").click()

    expect(message(desk, "message 100")).to_be_in_viewport()
    expect(message(desk, "message 100")).to_be_focused()
    expect(desk.get_by_role("combobox")).to_have_count(0)


def test_name_of_a_day_leads_to_another_date_by_keys(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 300)
    old = conversation.messages.filter(pk__lt=id_of(conversation, "message 100"))
    old.update(created_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    open_thread(desk, alice, conversation)
    wait_for_actions(desk)
    today = log(desk).get_by_role("heading").get_by_role("button", name="Today")
    expect(today).to_have_accessible_description("Go to a date")

    today.press("Enter")

    dialog = desk.get_by_role("dialog", name="Go to a date")
    field = dialog.get_by_label("Date", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value(desk.evaluate("new Date().toLocaleDateString('sv')"))
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(today).to_be_focused()
    today.press("Enter")
    field.fill("2026-03-01")
    field.press("Enter")
    expect(message(desk, "Hello")).to_be_focused()
    expect(message(desk, "Hello")).to_be_in_viewport()
    expect(dialog).to_have_count(0)


def test_search_finds_a_message_of_3000_ago_and_its_surroundings(
    phone: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, COUNT)
    conversation.messages.filter(content="message 3").update(content="the needle")
    open_thread(phone, alice, conversation)
    phone.get_by_role("button", name="Search this conversation").click()
    phone.get_by_role("combobox").fill("needle")

    phone.get_by_role("option").click()

    expect(message(phone, "the needle")).to_be_in_viewport()
    expect(message(phone, "message 4")).to_be_in_viewport()
    newest_button(phone).click()
    expect(message(phone, f"message {COUNT - 1}")).to_be_in_viewport()
