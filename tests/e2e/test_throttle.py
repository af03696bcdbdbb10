"""Too fast: the text stays in the box, and goes out when its time has come."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.e2e.devices import Hold
from tests.e2e.screens import composer, expect_tick, message, messages, open_thread, write
from tests.e2e.servers import make_server
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.complains(r"status of 429")


@pytest.fixture(scope="module")
def strict_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    server = make_server(static_root, THROTTLE_MESSAGING="2 per 6 second")
    with django_db_blocker.unblock(), server:
        yield server


@pytest.fixture
def server(strict_server: WebServer, transactional_db: None) -> WebServer:
    """A server that lets somebody send two messages in six seconds."""
    return strict_server


@pytest.fixture
def fast_talker(desk: Page, alice: User, conversation: Conversation) -> Page:
    """Alice, who has sent as much as she may."""
    desk.clock.install()
    open_thread(desk, alice, conversation)
    for text in ("one", "two"):
        write(desk, text)
        expect_tick(desk, text, "Sent")
    return desk


def test_throttled_text_stays_in_the_composer_until_its_time(fast_talker: Page) -> None:
    write(fast_talker, "three")

    expect(fast_talker.get_by_text("Slow down. Try again in")).to_be_visible()
    expect(composer(fast_talker)).to_have_value("three")
    expect(messages(fast_talker)).to_have_count(3)
    composer(fast_talker).press("Enter")
    expect(composer(fast_talker)).to_have_value("three")
    expect(fast_talker.get_by_text("Slow down.")).to_have_count(0)

    composer(fast_talker).press("Enter")

    expect_tick(fast_talker, "three", "Sent")
    expect(composer(fast_talker)).to_have_value("")


def test_seconds_count_down(fast_talker: Page) -> None:
    """On a clock that is moved by hand: each second is shown for no longer than that."""
    fast_talker.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    write(fast_talker, "three")
    hint = fast_talker.get_by_text("Slow down. Try again in")
    expect(hint).to_be_visible()
    (seconds,) = re.findall(r"\d", hint.inner_text())

    for left in range(int(seconds) - 1, 0, -1):
        fast_talker.clock.run_for(1000)
        unit = "second" if left == 1 else "seconds"
        expect(hint).to_have_text(f"Slow down. Try again in {left} {unit}")
    fast_talker.clock.run_for(1000)

    expect(hint).to_have_count(0)


def test_throttled_message_behind_another_text_shows_the_wait(fast_talker: Page) -> None:
    hold = Hold(fast_talker, "**/send/")
    write(fast_talker, "three")
    composer(fast_talker).fill("four")

    hold.let_go()

    expect(fast_talker.get_by_text("Slow down. Try again in")).to_be_visible()
    expect(composer(fast_talker)).to_have_value("four")
    expect_tick(fast_talker, "three", "Sending")
    expect_tick(fast_talker, "three", "Sent")


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection")
def test_messages_that_waited_offline_go_out_at_the_pace_that_is_allowed(
    fast_talker: Page, conversation: Conversation
) -> None:
    fast_talker.context.set_offline(True)
    for text in ("three", "four"):
        write(fast_talker, text)
        expect_tick(fast_talker, text, "Sending")

    fast_talker.context.set_offline(False)

    expect_tick(fast_talker, "four", "Sent", timeout=20_000)
    expect(message(fast_talker, "three")).to_be_visible()
    texts = [each.content for each in conversation.messages.order_by("id")]
    assert texts == ["Hello", "one", "two", "three", "four"]
