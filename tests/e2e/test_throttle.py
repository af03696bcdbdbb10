"""Throttled text stays in the composer, and is sent when allowed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.e2e.devices import Hold
from tests.e2e.screens import composer, expect_tick, message, messages, open_live_thread, write
from tests.e2e.servers import make_server
from tests.factories import tokens_of
from tests.system.people import Person
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
    """A server that allows two messages in 6 s."""
    return strict_server


@pytest.fixture
def throttled_sender(
    desk: Page, server: WebServer, alice: User, conversation: Conversation
) -> Page:
    """Alice, who has just sent as many messages as allowed, with another device."""
    desk.clock.install()
    open_live_thread(desk, alice, conversation)
    other = Person(server, tokens_of(alice))
    for text in ("one", "two"):
        other.send(conversation.pk, text)
    expect_tick(desk, "two", "Sent")
    return desk


def test_throttled_text_stays_in_the_composer_until_its_time(throttled_sender: Page) -> None:
    write(throttled_sender, "three")

    expect(throttled_sender.get_by_text("Slow down. Try again in")).to_be_visible()
    expect(composer(throttled_sender)).to_have_value("three")
    expect(messages(throttled_sender)).to_have_count(3)
    composer(throttled_sender).press("Enter")
    expect(composer(throttled_sender)).to_have_value("three")
    expect(throttled_sender.get_by_text("Slow down.")).to_have_count(0)

    composer(throttled_sender).press("Enter")

    expect_tick(throttled_sender, "three", "Sent")
    expect(composer(throttled_sender)).to_have_value("")


def test_seconds_count_down(throttled_sender: Page) -> None:
    """The test advances the clock: each number of seconds is shown for exactly one second."""
    throttled_sender.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    write(throttled_sender, "three")
    hint = throttled_sender.get_by_text("Slow down. Try again in")
    expect(hint).to_be_visible()
    (seconds,) = re.findall(r"\d", hint.inner_text())

    for left in range(int(seconds) - 1, 0, -1):
        throttled_sender.clock.run_for(1000)
        unit = "second" if left == 1 else "seconds"
        expect(hint).to_have_text(f"Slow down. Try again in {left} {unit}.")
    throttled_sender.clock.run_for(1000)

    expect(hint).to_have_count(0)


def test_clock_that_is_set_back_does_not_lengthen_the_wait(throttled_sender: Page) -> None:
    write(throttled_sender, "three")
    hint = throttled_sender.get_by_text("Slow down. Try again in")
    expect(hint).to_be_visible()

    throttled_sender.clock.set_system_time(datetime.now(UTC) - timedelta(hours=1))

    expect(hint).to_have_text(re.compile(r"in [0-6] seconds?\."))
    expect(hint).to_have_count(0)
    composer(throttled_sender).press("Enter")
    expect_tick(throttled_sender, "three", "Sent")


def test_throttled_message_behind_another_text_shows_the_wait(throttled_sender: Page) -> None:
    hold = Hold(throttled_sender, "**/send/")
    write(throttled_sender, "three")
    composer(throttled_sender).fill("four")

    hold.release()

    expect(throttled_sender.get_by_text("Slow down. Try again in")).to_be_visible()
    expect(composer(throttled_sender)).to_have_value("four")
    expect_tick(throttled_sender, "three", "Sending")
    expect_tick(throttled_sender, "three", "Sent")


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection")
def test_messages_queued_offline_are_sent_at_the_allowed_rate(
    throttled_sender: Page, conversation: Conversation
) -> None:
    throttled_sender.context.set_offline(True)
    for text in ("three", "four"):
        write(throttled_sender, text)
        expect_tick(throttled_sender, text, "Sending")

    throttled_sender.context.set_offline(False)

    expect_tick(throttled_sender, "four", "Sent", timeout=20_000)
    expect(message(throttled_sender, "three")).to_be_visible()
    texts = [each.content for each in conversation.messages.order_by("id")]
    assert texts == ["Hello", "one", "two", "three", "four"]
