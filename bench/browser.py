"""Measure the time from a click on the send button to the sender's ✓ and to the recipient's screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Browser, Page, sync_playwright

from bench.dataset import Dataset, Pair, list_pairs
from bench.processes import Served, product
from tests.e2e.chromium import launch_options
from tests.e2e.devices import PHONE

PASSWORD = "of-the-benchmark-and-of-nobody-1"
WARM_UP = 10
PATIENCE_MS = 10_000
STOPWATCH = Path(__file__).with_name("browser.js").read_text()


@dataclass(frozen=True)
class Waits:
    """
    Percentiles of the times from the click to the ✓ (`tick`) and to the recipient's message (`other`).

    The times are in milliseconds. `wrong` counts every ✓ and every message that never appeared.
    """

    sent: int
    wrong: int
    tick_p50: float
    tick_p99: float
    other_p50: float
    other_p99: float


def wait_in_browsers(data: Dataset, redis_url: str, messages: int) -> Waits:
    """Send messages one after the other from a desktop to a phone, and time both screens."""
    pair = list_pairs()[0]
    let_sign_in(data, pair)
    with product(data.database_url, redis_url) as server, chromium() as browser:
        desk = open_thread(browser, server, pair, pair.trainer_id)
        phone = open_thread(browser, server, pair, pair.trainee_id, **PHONE)
        rounds = [send_text(desk, phone, number) for number in range(WARM_UP + messages)]
    return _judge(rounds[WARM_UP:])


def send_text(desk: Page, phone: Page, number: int) -> tuple[float | None, float | None]:
    """
    Send a text, and return the milliseconds until the ✓ and until the recipient's message.

    A time is None if it never appears.
    """
    text = f"Message number {number}, typed by hand."
    desk.get_by_role("textbox", name=re.compile("Message")).fill(text)
    ticked = desk.evaluate_handle("text => ({ when: shown('.message.own.sent', text) })", text)
    arrived = phone.evaluate_handle("text => ({ when: shown('.message.other', text) })", text)
    clicked = desk.evaluate("clickOn('.composer button[type=submit]')")
    ends = [handle.evaluate("({ when }) => when") for handle in (ticked, arrived)]
    tick, other = (end and end - clicked for end in ends)
    return tick, other


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


def open_thread(browser: Browser, server: Served, pair: Pair, user_id: int, **device: Any) -> Page:
    """Sign a person in, and open their conversation."""
    page = browser.new_context(base_url=server.url, **device).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(STOPWATCH)
    page.goto(f"/messages/{pair.conversation_id}")
    page.get_by_label("Email").fill(f"person{user_id}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".message").last.wait_for()
    return page


def let_sign_in(data: Dataset, pair: Pair) -> None:
    """Give both people of a pair a password. Mark their messages as read, so that both see the newest."""
    # The default hasher with few iterations, so that signing in is fast.
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    with psycopg.connect(data.database_url) as connection:
        connection.execute(
            "UPDATE users_user SET password = %s WHERE id = ANY(%s)",
            [password, [pair.trainer_id, pair.trainee_id]],
        )
        connection.execute(
            "UPDATE messaging_message SET read_at = created_at, read_version = version"
            " WHERE conversation_id = %s AND read_at IS NULL",
            [pair.conversation_id],
        )


def _judge(rounds: list[tuple[float | None, float | None]]) -> Waits:
    ticks = [tick for tick, _ in rounds if tick is not None]
    others = [other for _, other in rounds if other is not None]
    return Waits(
        sent=len(rounds),
        wrong=2 * len(rounds) - len(ticks) - len(others),
        tick_p50=_percentile(ticks, 50),
        tick_p99=_percentile(ticks, 99),
        other_p50=_percentile(others, 50),
        other_p99=_percentile(others, 99),
    )


def _percentile(found: list[float], percent: int) -> float:
    ordered = sorted(found)
    return ordered[min(len(found) - 1, len(found) * percent // 100)] if found else 0.0
