"""Scrolling up loads older messages, without moving the visible ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging.models import Conversation, Message
from tests.e2e.devices import Hold, OpenDevice
from tests.e2e.screens import (
    expect_unread,
    log,
    message,
    messages,
    open_thread,
    path_of,
    write,
)
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

PAGES = 6
ONE_DAY = 100


def fill(conversation: Conversation, count: int, *, is_read: bool = True) -> None:
    """Write messages from alternating sides, `time_apart`; the last one was sent just now."""
    now, first = timezone.now(), conversation.version + 1
    apart = time_apart(count, now)
    conversation.messages.update(created_at=now - count * apart)
    people = (conversation.trainer, conversation.trainee)
    made = [
        Message(
            conversation=conversation,
            sender=people[n % 2],
            content=f"message {n}",
            created_at=now - (count - 1 - n) * apart,
            version=first + n,
            created_version=first + n,
            read_at=now if is_read else None,
            read_version=first + n if is_read else None,
        )
        for n in range(count)
    ]
    Message.objects.bulk_create(made)
    conversation.version = first + count - 1
    conversation.message_count += count
    conversation.last_message = conversation.messages.latest("id")
    conversation.last_message_at = now
    conversation.save()


def time_apart(count: int, now: datetime) -> timedelta:
    """Return a minute, or less soon after midnight, so that up to a hundred messages are of one day."""
    a_minute = timedelta(minutes=1)
    if count > ONE_DAY:
        return a_minute
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return min(a_minute, (now - midnight) / (count + 1))


@dataclass(frozen=True)
class Row:
    """The position of a message on the screen."""

    text: str
    top: float


# The last day begins this many pixels below the middle of the log.
SCROLL_DAY_TO_THE_MIDDLE = """(log, pixels) => {
    const { top, height } = log.getBoundingClientRect();
    const day = [...log.querySelectorAll(".day")].at(-1);
    log.scrollBy(0, day.getBoundingClientRect().top - top - height / 2 - pixels);
}"""


def row_in_the_middle(page: Page) -> Row:
    script = """log => {
        const { left, top, width, height } = log.getBoundingClientRect();
        const hit = [...log.querySelectorAll(".message")]
            .find(row => row.getBoundingClientRect().bottom > top + height / 2);
        const text = hit.querySelector(".bubble-text").innerText;
        return { text, top: hit.getBoundingClientRect().top };
    }"""
    return Row(**log(page).evaluate(script))


def top_of(page: Page, row: Row) -> float:
    top: float = message(page, row.text).evaluate("row => row.getBoundingClientRect().top")
    return top


def scroll_to_top(page: Page) -> None:
    log(page).evaluate("log => log.scrollTo(0, -log.scrollHeight)")


def wait_for_page_ahead(page: Page) -> None:
    """Wait for the older messages that are fetched on opening; more are fetched only on scrolling."""
    expect(messages(page).nth(20)).to_be_attached()


@pytest.fixture
def long_thread(desk: Page, alice: User, conversation: Conversation) -> Page:
    fill(conversation, 20 * PAGES)
    return open_thread(desk, alice, conversation)


def read_back(page: Page) -> list[str]:
    """Scroll to the start of the conversation; return the texts of all its messages, oldest first."""
    found: dict[int, str] = {}
    while True:
        rows = log(page).locator(".message[data-message-id]").evaluate_all(LIST_ROWS)
        found |= {int(key): text for key, text in rows}
        if not log(page).evaluate(SCROLL_BACK):
            return [found[key] for key in sorted(found)]


LIST_ROWS = """rows => rows.map(row =>
    [row.dataset.messageId, row.querySelector(".bubble-text").textContent])"""
# Scroll up by most of a screen, wait for a page that loads, and return whether there was more.
SCROLL_BACK = """async log => {
    const frame = () => new Promise(requestAnimationFrame);
    const before = log.scrollTop;
    do {
        log.scrollBy(0, -0.8 * log.clientHeight);
        await frame();
    } while (log.querySelector(".history-top") && log.scrollTop === before);
    await frame();
    // The last page may have come after the scroll of the last round.
    const left = log.scrollHeight - log.clientHeight - Math.abs(log.scrollTop);
    return log.scrollTop !== before || left > 1 || Boolean(log.querySelector(".history-top"));
}"""


def test_all_pages_load_in_order_without_gaps_or_duplicates(long_thread: Page) -> None:
    texts = read_back(long_thread)

    assert texts == ["Hello", *(f"message {n}" for n in range(20 * PAGES))]


def test_visible_messages_stay_in_place_while_older_ones_load(long_thread: Page) -> None:
    wait_for_page_ahead(long_thread)
    hold = Hold(long_thread, "**/messages/?*before=*")
    scroll_to_top(long_thread)
    before, count = row_in_the_middle(long_thread), messages(long_thread).count()

    hold.release()

    expect(messages(long_thread).nth(count)).to_be_attached()
    assert abs(top_of(long_thread, before) - before.top) <= 2


def test_visible_messages_stay_in_place_while_a_pill_counts_new_ones(
    long_thread: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    log(long_thread).evaluate("log => log.scrollBy(0, -600)")
    before = row_in_the_middle(long_thread)
    his = Person(server, tokens_of(bob))

    his.send(conversation.pk, "news one")
    his.send(conversation.pk, "news two")

    pill = long_thread.get_by_role("button", name="2 new messages")
    expect(pill).to_be_visible()
    assert abs(top_of(long_thread, before) - before.top) <= 2
    assert conversation.messages.filter(sender=bob, read_at=None).count() == 2
    pill.click()
    expect(message(long_thread, "news two")).to_be_in_viewport()
    expect(pill).to_have_count(0)
    expect_unread(long_thread, None)


@pytest.mark.parametrize("pixels", [-30, 8, 30])
def test_visible_messages_stay_in_place_if_a_day_begins_in_the_middle(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation, pixels: int
) -> None:
    fill(conversation, 60)
    ids = list(conversation.messages.order_by("id").values_list("id", flat=True))
    older = conversation.messages.filter(id__lt=ids[-12])
    older.update(created_at=timezone.now() - timedelta(days=1))
    thread = open_thread(desk, alice, conversation)
    wait_for_page_ahead(thread)
    log(thread).evaluate(SCROLL_DAY_TO_THE_MIDDLE, pixels)
    before = row_in_the_middle(thread)

    Person(server, tokens_of(bob)).send(conversation.pk, "news")

    expect(thread.get_by_role("button", name="1 new message")).to_be_visible()
    assert abs(top_of(thread, before) - before.top) <= 2


def test_own_message_scrolls_to_the_end(long_thread: Page) -> None:
    log(long_thread).evaluate("log => log.scrollBy(0, -600)")

    write(long_thread, "my answer")

    expect(message(long_thread, "my answer")).to_be_in_viewport()


@pytest.mark.complains(r"status of 400")
def test_message_of_another_tab_does_not_scroll(
    long_thread: Page, conversation: Conversation
) -> None:
    other = long_thread.context.new_page()
    long_thread.context.route(
        "**/send/", lambda route: route.fulfill(status=400, json={"content": ["Refused."]})
    )
    other.goto(path_of(conversation))
    expect(messages(other).last).to_be_visible()
    log(long_thread).evaluate("log => log.scrollBy(0, -600)")
    before = row_in_the_middle(long_thread)

    write(other, "from the other tab")

    expect(message(long_thread, "from the other tab")).to_contain_text("Refused.")
    assert abs(top_of(long_thread, before) - before.top) <= 2


def test_thread_opens_at_the_first_unread_message(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, 60, is_read=False)

    open_thread(phone, bob, conversation)

    expect(phone.get_by_text("New messages")).to_be_in_viewport()
    expect(message(phone, "Hello")).to_be_in_viewport()
    assert conversation.messages.filter(sender=alice, read_at=None).count() > 10


def test_new_message_changes_few_nodes_of_a_long_history(
    open_device: OpenDevice, server: WebServer, bob: User, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 500)
    page = open_device()
    open_thread(page, alice, conversation)
    read_back(page)
    log(page).evaluate("log => log.scrollTo(0, 0)")
    expect(message(page, "message 499")).to_be_in_viewport()
    page.evaluate(COUNT_CHANGES)

    Person(server, tokens_of(bob)).send(conversation.pk, "one more")

    expect(message(page, "one more")).to_be_visible()
    assert 0 < page.evaluate("globalThis.changes") < 40


COUNT_CHANGES = """() => {
    globalThis.changes = 0;
    const count = records => globalThis.changes += records.length;
    const options = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver(count).observe(document.querySelector("[role=log]"), options);
}"""


def test_pages_do_not_overlap_while_new_messages_arrive(
    long_thread: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    his = Person(server, tokens_of(bob))
    for n in range(4):
        his.send(conversation.pk, f"news {n}")
        expect(message(long_thread, f"news {n}")).to_be_attached()
        log(long_thread).evaluate(SCROLL_BACK)
    log(long_thread).evaluate("log => log.scrollTo(0, 0)")

    texts = read_back(long_thread)

    numbered = [f"message {n}" for n in range(20 * PAGES)]
    assert texts == ["Hello", *numbered, *(f"news {n}" for n in range(4))]
