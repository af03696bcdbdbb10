"""3,000 messages: read back as fast as a thumb goes, within the default limits, with few nodes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.db.models.functions import Now
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.e2e.screens import log, message, open_thread
from tests.e2e.servers import make_server
from tests.e2e.test_history import fill, read_back
from tests.system.server import WebServer
from users.models import User

COUNT = 3_000
MOST_NODES = 12_000


@pytest.fixture(scope="module")
def limited_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    server = make_server(
        static_root, THROTTLE_READING="120 per minute", THROTTLE_USER="120 per minute"
    )
    with django_db_blocker.unblock(), server:
        yield server


@pytest.fixture
def server(limited_server: WebServer, transactional_db: None) -> WebServer:
    """A server with the default limits of reading."""
    return limited_server


def count_nodes(page: Page) -> int:
    script = """log => {
        const walker = document.createTreeWalker(log);
        let count = 0;
        while (walker.nextNode()) count += 1;
        return count;
    }"""
    count: int = log(page).evaluate(script)
    return count


def test_thousands_of_messages_are_read_back_within_the_limits_with_few_nodes(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, COUNT)
    refused: list[str] = []
    pages: list[str] = []
    desk.on("response", lambda each: refused.append(each.url) if each.status == 429 else None)
    desk.on("request", lambda each: pages.append(each.url) if "before=" in each.url else None)
    open_thread(desk, alice, conversation)

    texts = read_back(desk)

    assert texts == ["Hello", *(f"message {n}" for n in range(COUNT))]
    assert refused == []
    assert len(pages) < 40
    assert count_nodes(desk) < MOST_NODES


def test_a_message_a_day_for_years_leaves_few_nodes(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 1_000)
    newest = conversation.last_message_id
    days = (newest - F("id")) * timedelta(days=1)
    conversation.messages.update(created_at=Now() - days)
    open_thread(desk, alice, conversation)

    texts = read_back(desk)

    assert len(texts) == 1_001
    assert count_nodes(desk) < MOST_NODES


# Scroll on in steps of a prime number; return the greatest distance of a row from where it belongs.
SCROLL_AND_MEASURE = """async (log, { step, count }) => {
    const frame = () => new Promise(requestAnimationFrame);
    const middle = log.getBoundingClientRect().top + log.clientHeight / 2;
    let worst = 0;
    await frame();
    for (let n = 0; n < count; n += 1) {
        const row = [...log.querySelectorAll(".message")]
            .find(each => each.getBoundingClientRect().bottom > middle);
        const [top, from] = [row.getBoundingClientRect().top, log.scrollTop];
        log.scrollBy(0, step);
        await frame();
        await frame();
        const moved = row.getBoundingClientRect().top - top + (log.scrollTop - from);
        worst = Math.max(worst, Math.abs(moved));
    }
    return worst;
}"""


@pytest.mark.parametrize("step", [-97, 97])
def test_messages_that_come_and_leave_move_nothing(
    phone: Page, alice: User, conversation: Conversation, step: int
) -> None:
    fill(conversation, 400)
    for each in conversation.messages.order_by("id")[1::7]:
        conversation.messages.filter(pk=each.pk).update(content=f"{each.content} {'long ' * 60}")
    open_thread(phone, alice, conversation)
    read_back(phone)
    expect(message(phone, "Hello")).to_be_in_viewport()
    if step < 0:
        log(phone).evaluate("log => log.scrollTo(0, -200)")

    worst = log(phone).evaluate(SCROLL_AND_MEASURE, {"step": step, "count": 100})

    assert worst <= 1


def test_chunk_with_the_focus_stays(phone: Page, alice: User, conversation: Conversation) -> None:
    fill(conversation, 400)
    conversation.messages.filter(content="message 399").update(content="see https://example.com/")
    open_thread(phone, alice, conversation)
    phone.get_by_role("link", name="https://example.com/").focus()

    read_back(phone)

    expect(phone.get_by_role("link", name="https://example.com/")).to_be_focused()
    expect(message(phone, "message 300")).to_have_count(0)
