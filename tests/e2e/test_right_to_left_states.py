"""What comes and goes on a screen is mirrored, whole and translated too."""

# ruff: noqa: F811 - fixtures of another module

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import PHONE, OpenDevice
from tests.e2e.pseudo_locale import LOCALE, ar, speak_arabic
from tests.e2e.screens import log, messages, path_of, sign_in
from tests.e2e.test_history import fill
from tests.e2e.test_notification_offer import PROMPT, SAFARI, offer
from tests.e2e.test_right_to_left import (  # noqa: F401 - fixtures
    ARABIC,
    arabic_server,
    box,
    button,
    choose,
    expect_mirrored,
    middle_of,
    page,
    server,
    story,
)
from tests.e2e.test_second_thoughts import wait_for_actions
from users.models import User

pytestmark = pytest.mark.complains(
    r"status of 40[014]", r"ERR_FAILED", r"ERR_INTERNET_DISCONNECTED", r"WebSocket"
)


def expect_in_line(*parts: Locator) -> None:
    """Expect elements to follow each other from right to left."""
    places = [box(each) for each in parts]
    for before, after in pairwise(places):
        assert after["right"] <= before["x"] + 1, places


def test_impersonation_banner_is_mirrored(page: Page, alice: User, story: Conversation) -> None:
    sign_in(page, alice, f"/trainees/{story.trainee_id}")
    button(page, "trainee.view").click()
    banner = page.get_by_role("region", name=ar("impersonation.label"))
    expect(banner).to_be_visible()
    expect(messages(page).last).to_be_visible()

    expect_mirrored(page)
    expect_in_line(banner.get_by_text("Bob"), banner.get_by_role("button"))
    page.goto("/settings")
    expect(page.get_by_text(ar("settings.readOnly"))).to_be_visible()
    expect_mirrored(page)


def test_offer_of_notifications_is_mirrored(page: Page, alice: User, story: Conversation) -> None:
    page.add_init_script(PROMPT % "denied")
    sign_in(page, alice, path_of(story))
    write(page, ARABIC)

    expect(offer(page)).to_contain_text(ar("offer.title"))
    expect_mirrored(page)
    icon, text = offer(page).locator(".icon").first, offer(page).locator(".offer-text")
    later, accept = offer(page).get_by_role("button").all()
    expect_in_line(icon, text)
    expect_in_line(later, accept)
    accept.click()
    expect(offer(page)).to_contain_text(ar("notifications.blocked"))
    expect_mirrored(page)


def test_steps_to_the_home_screen_are_mirrored(
    open_device: OpenDevice, bob: User, story: Conversation
) -> None:
    page = open_device(locale=LOCALE, **PHONE, user_agent=SAFARI)
    speak_arabic(page.context)
    page.add_init_script("delete window.Notification")
    sign_in(page, bob, path_of(story))
    write(page, ARABIC)

    steps = offer(page).get_by_role("listitem")
    expect(steps).to_have_count(2)
    expect_mirrored(page)
    share = steps.first.locator(".offer-key")
    assert box(share.locator("svg"))["right"] > box(share)["right"] - 2


@pytest.mark.parametrize("locale", ["en-US", LOCALE])
def test_names_begin_where_their_lines_begin(
    open_device: OpenDevice, alice: User, bob: User, story: Conversation, locale: str
) -> None:
    """A name stays beside its picture or bar, in whichever script it is."""
    page = open_device(locale=locale)
    if locale == LOCALE:
        speak_arabic(page.context)
    User.objects.filter(pk=bob.pk).update(first_name="عبد الرحمن", last_name="")
    sign_in(page, alice, path_of(story))
    expect(page.locator(".quote")).to_be_visible()
    expect(page.locator(".conversation-name").first).to_be_visible()

    assert page.locator(".conversation-name, .quote-author").evaluate_all(STRAY) == []


# Texts that begin at the other end of their line than the page's lines do.
STRAY = """all => all.filter(each => {
    const range = document.createRange();
    range.selectNodeContents(each);
    const text = range.getBoundingClientRect();
    const line = each.getBoundingClientRect();
    const isMirrored = getComputedStyle(each.parentElement).direction === "rtl";
    return Math.abs(isMirrored ? line.right - text.right : text.left - line.left) > 1;
}).map(each => `${each.className} ${each.textContent}`)"""


def write(page: Page, text: str) -> None:
    expect(messages(page).last).to_be_visible()
    page.get_by_role("textbox").fill(text)
    button(page, "composer.send").click()


def test_choice_of_emails_goes_from_right_to_left(page: Page, bob: User) -> None:
    sign_in(page, bob, "/settings")
    choices = page.locator("unread-emails .choice")
    expect(choices.last.locator("input")).to_be_checked()
    choices.last.scroll_into_view_if_needed()

    expect_mirrored(page)
    expect_in_line(*choices.all())
    choices.last.locator("input").focus()
    page.keyboard.press("ArrowRight")
    expect(choices.nth(1).locator("input")).to_be_checked()


def test_deletion_can_be_undone_at_the_end_of_its_line(
    page: Page, alice: User, story: Conversation
) -> None:
    sign_in(page, alice, path_of(story))
    row = messages(page).last
    expect(row).to_be_visible()
    wait_for_actions(page)
    choose(page, row, "action.delete")

    toast = page.locator(".toast")
    undo, close = button(page, "action.undo"), button(page, "toast.close")
    expect(undo).to_be_visible()
    expect_mirrored(page)
    expect_in_line(toast.locator("p"), undo, close)
    undo.click()
    expect(toast).to_have_count(0)


def test_lost_connection_is_said_where_lines_begin(
    page: Page, alice: User, story: Conversation
) -> None:
    sign_in(page, alice)
    expect(page.locator(".conversation").first).to_be_visible()
    page.context.set_offline(True)

    line = page.locator(".list-panel .connection-line")
    expect(line).to_have_text(ar("connection.offline"))
    expect_mirrored(page)
    assert abs(box(line)["right"] - box(page.locator(".list-title h1"))["right"]) < 1
    page.context.set_offline(False)


def test_jump_to_a_date_is_mirrored(page: Page, alice: User, conversation: Conversation) -> None:
    fill(conversation, 300)
    old = conversation.messages.filter(content__in=["Hello", *(f"message {n}" for n in range(20))])
    old.update(created_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    sign_in(page, alice, path_of(conversation))
    expect(messages(page).last).to_be_visible()
    wait_for_actions(page)
    log(page).get_by_role("heading").get_by_role("button").last.click()

    field = page.get_by_role("dialog").get_by_label(ar("search.date"), exact=True)
    expect(field).to_be_visible()
    expect_mirrored(page)
    expect_in_line(field, button(page, "search.goToDate"))
    field.fill("2026-03-01")
    field.press("Enter")
    expect(page.locator(".newest-button")).to_be_visible()
    expect_mirrored(page)
    assert box(page.locator(".newest-button"))["middle"] < middle_of(page)
