"""When a person gets emails about unread messages: chosen in the settings, and ended by a link."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from notifications.models import NotificationPreferences
from notifications.services.preferences import change_preferences, choose_unread_email
from notifications.unsubscribe_links import make_unsubscribe_link
from tests.e2e.devices import wait_until
from tests.e2e.screens import sign_in
from users.models import User

PREFERENCES = "**/api/users/email-preferences/"


def expect_choice(page: Page, label: str) -> None:
    choices = page.get_by_role("group", name="Emails about unread messages")
    for each in ("Never", "1 hour", "1 day"):
        radio = choices.get_by_label(each)
        expect(radio).to_be_enabled()
        expect(radio).to_be_checked(checked=each == label)


def stored(person: User) -> str | None:
    rows = NotificationPreferences.objects.filter(user=person)
    return rows.values_list("unread_email", flat=True).first()


def test_choice_is_saved_at_once_and_shown_again(desk: Page, bob: User) -> None:
    sign_in(desk, bob, "/settings")
    expect_choice(desk, "1 day")

    desk.get_by_text("1 hour").click()
    expect_choice(desk, "1 hour")
    wait_until(desk, lambda: stored(bob) == "hour")

    desk.reload()
    expect_choice(desk, "1 hour")


def test_choice_is_made_with_the_keyboard(desk: Page, bob: User) -> None:
    sign_in(desk, bob, "/settings")
    expect_choice(desk, "1 day")

    desk.get_by_label("1 day").focus()
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("ArrowLeft")

    expect_choice(desk, "Never")
    wait_until(desk, lambda: stored(bob) == "off")


@pytest.mark.complains(r"status of 503")
def test_choice_that_cannot_be_saved_goes_back_and_says_why(desk: Page, bob: User) -> None:
    sign_in(desk, bob, "/settings")
    expect_choice(desk, "1 day")
    desk.route(PREFERENCES, refuse)

    desk.get_by_text("Never").click()

    expect(desk.get_by_text("Your choice wasn’t saved. The service is away.")).to_be_visible()
    expect_choice(desk, "1 day")
    desk.unroute(PREFERENCES)
    desk.get_by_text("Never").click()
    expect(desk.get_by_text("wasn’t saved")).to_have_count(0)
    expect_choice(desk, "Never")


def refuse(route: Route) -> None:
    route.fulfill(status=503, json={"detail": "The service is away.", "code": "unavailable"})


@pytest.mark.complains(r"status of 503")
def test_failed_load_is_shown_and_tried_again(desk: Page, bob: User) -> None:
    desk.route(PREFERENCES, refuse)
    sign_in(desk, bob, "/settings")
    section = desk.locator("unread-emails")

    expect(section.get_by_role("alert")).to_have_text("The service is away.")
    expect(section.get_by_label("Never")).to_be_disabled()
    desk.unroute(PREFERENCES)

    expect_choice(desk, "1 day")
    expect(section.get_by_role("alert")).to_have_text("")


@pytest.mark.complains(r"net::ERR_FAILED|ERR_INTERNET_DISCONNECTED|WebSocket")
def test_card_that_could_not_be_loaded_says_so_and_loads_again(desk: Page, bob: User) -> None:
    late = re.compile(r"/bundles/later[^/]*\.js")
    desk.route(late, lambda route: route.abort())
    sign_in(desk, bob, "/settings")
    failed = desk.get_by_role("alert").filter(has_text="This couldn’t be loaded")
    expect(failed).to_contain_text("The server can’t be reached.")
    expect(desk.get_by_label("1 day")).to_have_count(0)

    desk.unroute(late)
    desk.get_by_role("button", name="Try again").click()

    expect_choice(desk, "1 day")
    expect(failed).to_have_count(0)


def test_person_who_silenced_messages_elsewhere_is_told(desk: Page, bob: User) -> None:
    change_preferences(user=bob, changes={"new_message": False})
    sign_in(desk, bob, "/settings")

    expect(desk.get_by_text("so you get no emails either")).to_be_visible()


def test_link_of_an_email_stops_them_without_a_sign_in(phone: Page, desk: Page, bob: User) -> None:
    choose_unread_email(user=bob, wait="hour")
    link = make_unsubscribe_link(bob.pk)
    phone.goto(link[link.index("/unsubscribe/") :])
    expect(phone.get_by_role("heading")).to_have_text("Stop emails about unread messages?")
    assert stored(bob) == "hour"

    phone.get_by_role("button", name="Stop these emails").click()

    expect(phone.get_by_role("heading")).to_have_text("You will not get these emails any more")
    assert stored(bob) == "off"
    sign_in(desk, bob, "/settings")
    expect_choice(desk, "Never")
