"""Times are in the reader's own time zone and format."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from messaging.models import Conversation, Message
from tests.e2e.devices import OpenDevice, hide, show
from tests.e2e.screens import conversations, log, message, open_thread, sign_in
from tests.factories import make_trainee, open_conversation
from tests.factories import write as write_history
from users.models import User

# In New York it is 19:50 of the day before.
NOW = datetime(2026, 3, 12, 0, 50, tzinfo=UTC)


def backdate(conversation: Conversation, moment: datetime) -> None:
    Message.objects.filter(conversation=conversation).update(created_at=moment)
    conversation.last_message_at = moment
    conversation.save()


def open_at(open_device: OpenDevice, zone: str) -> Page:
    page = open_device(timezone_id=zone)
    page.clock.set_fixed_time(NOW)
    page.route("**/api/**", answer_without_date)
    return page


def answer_without_date(route: Route) -> None:
    """Hide the server's time, so that the device's time counts."""
    response = route.fetch()
    headers = {name: value for name, value in response.headers.items() if name != "date"}
    route.fulfill(response=response, headers=headers)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (
            "America/New_York",
            ["Just now", "5m ago", "2:30 PM", "Yesterday", "Feb 15", "Feb 15, 2025"],
        ),
        (
            "Asia/Tokyo",
            ["Just now", "5m ago", "3:30 AM", "Yesterday", "Feb 16", "Feb 15, 2025"],
        ),
    ],
)
def test_list_shows_times_in_the_readers_zone(
    open_device: OpenDevice, alice: User, zone: str, expected: list[str]
) -> None:
    moments = [
        datetime(2026, 3, 12, 0, 49, 30, tzinfo=UTC),
        datetime(2026, 3, 12, 0, 44, 30, tzinfo=UTC),
        datetime(2026, 3, 11, 18, 30, tzinfo=UTC),
        datetime(2026, 3, 11, 2, 0, tzinfo=UTC),
        datetime(2026, 2, 15, 18, 0, tzinfo=UTC),
        datetime(2025, 2, 15, 12, 0, tzinfo=UTC),
    ]
    for n, moment in enumerate(moments):
        backdate(open_conversation(alice, make_trainee(f"trainee{n}", alice)), moment)

    page = open_at(open_device, zone)
    sign_in(page, alice)

    expect(conversations(page).locator("time")).to_have_text(expected)


@pytest.mark.parametrize(
    ("zone", "time", "day"),
    [
        ("America/New_York", "11:30 PM", "Monday, Mar 9"),
        ("Asia/Tokyo", "12:30 PM", "Tuesday, Mar 10"),
    ],
)
def test_thread_shows_times_and_days_in_the_readers_zone(
    open_device: OpenDevice,
    alice: User,
    conversation: Conversation,
    zone: str,
    time: str,
    day: str,
) -> None:
    backdate(conversation, datetime(2026, 3, 10, 3, 30, tzinfo=UTC))

    page = open_at(open_device, zone)
    open_thread(page, alice, conversation)

    expect(message(page, "Hello").locator("time")).to_have_text(time)
    expect(log(page).get_by_role("heading", level=3)).to_have_text(day)


@pytest.mark.parametrize(
    ("locale", "time", "day", "row"),
    [
        ("fr-FR", "22:05", "mardi 25 nov. 2025", "25 nov. 2025"),
        ("en-GB", "22:05", "Tuesday,? 25 Nov 2025", "25 Nov 2025"),
        ("en-US", "10:05 PM", "Tuesday, Nov 25, 2025", "Nov 25, 2025"),
        ("ar-EG", "١٠:٠٥ م", "الثلاثاء، ٢٥ نوفمبر ٢٠٢٥", "٢٥ نوفمبر ٢٠٢٥"),  # noqa: RUF001 - Arabic digits
    ],
)
def test_dates_and_times_are_in_the_readers_format(
    open_device: OpenDevice,
    alice: User,
    conversation: Conversation,
    locale: str,
    time: str,
    day: str,
    row: str,
) -> None:
    backdate(conversation, datetime(2025, 11, 25, 22, 5, tzinfo=UTC))
    page = open_device(locale=locale, timezone_id="UTC")
    page.clock.set_fixed_time(NOW)

    open_thread(page, alice, conversation)

    shown = message(page, "Hello").locator("time")
    expect(shown).to_have_text(time)
    expect(shown).to_have_attribute("lang", locale)
    expect(log(page).get_by_role("heading", level=3)).to_have_text(re.compile(day))
    expect(conversations(page).locator("time")).to_have_text(row)


def test_days_are_separated_and_consecutive_messages_grouped(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    moments = [NOW - timedelta(hours=hours) for hours in (60, 30, 30, 1)]
    write_history(alice, conversation, "two")
    write_history(bob, conversation, "three", "four")
    for message_, moment in zip(conversation.messages.order_by("id"), moments, strict=True):
        Message.objects.filter(pk=message_.pk).update(created_at=moment)

    page = open_at(open_device, "UTC")
    open_thread(page, alice, conversation)

    days = log(page).get_by_role("heading", level=3)
    expect(days).to_have_text(["Monday, Mar 9", "Tuesday, Mar 10", "Yesterday"])
    sections = page.locator("section.day")
    for section, texts in zip(sections.all(), (["Hello"], ["two", "three"], ["four"]), strict=True):
        expect(section.locator(".bubble-text")).to_have_text(texts)


def test_order_is_the_servers_and_not_that_of_the_phones_clock(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    """A phone's clock that is years behind changes nothing."""
    page = open_device()
    page.clock.set_fixed_time(datetime(2020, 1, 1, tzinfo=UTC))
    open_thread(page, alice, conversation)
    for text in ("one", "two"):
        page.get_by_role("textbox", name="Message").fill(text)
        page.keyboard.press("Enter")
        expect(message(page, text).get_by_role("img", name="Sent")).to_be_visible()

    expect(page.locator(".bubble-text")).to_have_text(["Hello", "one", "two"])


def test_times_are_updated_while_the_page_is_open(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    backdate(conversation, NOW - timedelta(seconds=30))
    page = open_at(open_device, "UTC")
    open_thread(page, alice, conversation)
    row, day = conversations(page).locator("time"), log(page).get_by_role("heading", level=3)
    expect(row).to_have_text("Just now")
    expect(day).to_have_text("Today")

    return_to(page, NOW + timedelta(minutes=5))
    expect(row).to_have_text("5m ago")
    return_to(page, NOW + timedelta(days=1))

    expect(row).to_have_text("Yesterday")
    expect(day).to_have_text("Yesterday")


def return_to(page: Page, moment: datetime) -> None:
    """Simulate that a person returns at this time to a page that was left open."""
    hide(page)
    page.clock.set_fixed_time(moment)
    show(page)


@pytest.mark.parametrize("days", [-1, 1, 400])
def test_device_whose_clock_is_off_shows_the_servers_today(
    open_device: OpenDevice, alice: User, conversation: Conversation, days: int
) -> None:
    page = open_device()
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=days))

    open_thread(page, alice, conversation)

    expect(conversations(page).locator("time")).to_have_text("Just now")
    expect(log(page).get_by_role("heading", level=3)).to_have_text("Today")
    page.get_by_role("textbox", name="Message").fill("new")
    page.keyboard.press("Enter")
    expect(message(page, "new").get_by_role("img", name="Sent")).to_be_visible()
    expect(log(page).get_by_role("heading", level=3)).to_have_text("Today")


def test_new_time_zone_applies_without_a_reload(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    """A journey: the device changes its zone while the page is open."""
    backdate(conversation, datetime(2026, 3, 10, 3, 30, tzinfo=UTC))
    page = open_device(fresh=True)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTimezoneOverride", {"timezoneId": "America/New_York"})
    open_thread(page, alice, conversation)
    expect(message(page, "Hello").locator("time")).to_have_text("11:30 PM")

    devtools.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    hide(page)
    show(page)

    expect(message(page, "Hello").locator("time")).to_have_text("12:30 PM")
    expect(log(page).get_by_role("heading", level=3)).to_have_text("Tuesday, Mar 10")
