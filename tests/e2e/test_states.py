"""Empty, loading and error states: each one has a text and a next step."""

import re

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import PHONE, Hold, OpenDevice
from tests.e2e.screens import (
    composer,
    conversation_with,
    conversations,
    expect_tick,
    message,
    messages,
    navigation,
    open_thread,
    path_of,
    sign_in,
    sign_out,
    write,
)
from tests.e2e.test_history import fill, scroll_to_top
from users.models import User


def test_trainer_without_conversations_gets_a_link_to_the_trainees(desk: Page, alice: User) -> None:
    sign_in(desk, alice)
    expect(desk.get_by_text("No conversations")).to_be_visible()

    desk.get_by_role("link", name="Choose a trainee").click()

    expect(desk.get_by_text("No trainees")).to_be_visible()
    desk.get_by_role("link", name="Invite a trainee").click()
    expect(desk.get_by_text("No invitations")).to_be_visible()


def test_trainee_without_a_conversation_is_told_to_wait_for_the_trainer(
    phone: Page, bob: User
) -> None:
    sign_in(phone, bob)

    expect(phone.get_by_text("Messages from your trainer will appear here.")).to_be_visible()
    expect(composer(phone)).to_have_count(0)


def test_empty_archive_does_not_ask_to_choose_a_conversation(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in(desk, alice)
    expect(desk.get_by_text("Choose a conversation")).to_be_visible()

    desk.get_by_role("link", name="Archived").click()

    expect(desk.get_by_text("No archived conversations")).to_be_visible()
    expect(desk.get_by_text("Choose a conversation")).to_have_count(0)


def test_skeletons_are_shown_while_loading(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    lists, threads = Hold(desk, "**/conversations/?*"), Hold(desk, "**/messages/?*")
    sign_in(desk, alice, path_of(conversation))
    expect(desk.locator("conversation-list .skeleton-row").first).to_be_visible()
    expect(desk.locator(".bubble-skeleton").first).to_be_visible()

    lists.release()
    threads.release()

    expect(message(desk, "Hello")).to_be_visible()
    expect(conversation_with(desk, bob)).to_be_visible()
    expect(desk.locator(".skeleton-row, .bubble-skeleton")).to_have_count(0)


def block_frames(page: Page) -> None:
    """Block socket frames, because the first one would make a page retry its requests by itself."""
    page.route_web_socket("**/ws/**", lambda socket: None)


@pytest.mark.complains(r"status of 500")
@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/messages", "**/messaging/conversations/*"),
        ("/trainees", "**/trainer/trainees/*"),
        ("/invitations", "**/trainer/invitations/*"),
    ],
)
def test_list_that_fails_offers_a_retry(desk: Page, alice: User, path: str, api: str) -> None:
    block_frames(desk)
    desk.route(api, lambda route: route.fulfill(status=500, json={"detail": "Broken."}))
    sign_in(desk, alice, path)
    alert = desk.get_by_role("alert").filter(has_text="couldn’t be loaded")
    expect(alert).to_be_visible()
    desk.unroute(api)

    alert.get_by_role("button", name="Try again").click()

    expect(desk.get_by_role("heading", name=re.compile("^No "))).to_be_visible()
    expect(alert).to_have_count(0)


@pytest.mark.complains(r"status of 500")
def test_thread_that_fails_offers_a_retry(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    api = "**/messaging/conversations/*/messages/*"
    block_frames(desk)
    desk.route(api, lambda route: route.fulfill(status=500, json={"detail": "Broken."}))
    sign_in(desk, alice, path_of(conversation))
    expect(desk.get_by_text("Messages couldn’t be loaded")).to_be_visible()
    expect(composer(desk)).to_have_count(0)
    desk.unroute(api)

    desk.get_by_role("button", name="Try again").click()

    expect(message(desk, "Hello")).to_be_visible()
    expect(composer(desk)).to_be_visible()


@pytest.mark.complains(r"net::ERR_FAILED")
def test_older_messages_that_fail_offer_a_retry(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 30)
    older = re.compile(r"/messages/\?before=\d{1,12}&")
    desk.route(older, lambda route: route.abort())
    sign_in(desk, alice, path_of(conversation))
    scroll_to_top(desk)
    expect(desk.get_by_text("Older messages couldn’t be loaded.")).to_be_visible()
    desk.unroute(older)

    desk.get_by_role("button", name="Try again").click()

    expect(message(desk, "Hello")).to_be_attached()
    expect(desk.get_by_text("Older messages couldn’t be loaded.")).to_have_count(0)


@pytest.mark.complains(r"status of 500")
def test_archive_that_fails_offers_a_retry(desk: Page, alice: User) -> None:
    api = "**/messaging/conversations/?*archived=true*"
    desk.route(api, lambda route: route.fulfill(status=500, json={"detail": "Broken."}))
    sign_in(desk, alice, "/messages/archived")
    expect(desk.get_by_text("Your conversations couldn’t be loaded")).to_be_visible()
    desk.unroute(api)

    desk.get_by_role("button", name="Try again").click()

    expect(desk.get_by_text("Your conversations couldn’t be loaded")).to_have_count(0)
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_search_keeps_a_trailing_space(desk: Page, alice: User, bob: User) -> None:
    sign_in(desk, alice, "/trainees")
    box = desk.get_by_role("searchbox")

    box.press_sequentially("bob ")
    expect(desk).to_have_url(re.compile(r"search=bob$"))
    expect(desk.get_by_text("1 trainee found").last).to_be_visible()
    box.press_sequentially("tester")

    expect(box).to_have_value("bob tester")
    expect(desk).to_have_url(re.compile(r"search=bob\+tester$"))


def test_dialog_closes_when_the_session_ends(desk: Page, alice: User, bob: User) -> None:
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="Remove trainee").click()
    expect(desk.get_by_role("dialog")).to_be_visible()

    sign_out(desk.context.new_page())

    expect(desk.get_by_role("button", name="Sign in")).to_be_visible()
    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_non_numeric_trainee_id_keeps_the_navigation(phone: Page, alice: User) -> None:
    sign_in(phone, alice, "/messages?trainee=abc")

    expect(phone.get_by_text("No conversations")).to_be_visible()
    expect(navigation(phone)).to_be_visible()


@pytest.mark.complains(r"status of 404")
def test_title_of_a_thread_without_a_person_has_no_name(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, path_of(conversation))
    expect(desk).to_have_title(re.compile("^Bob Tester"))

    desk.evaluate(
        """() => {
            history.pushState(null, "", "/messages/999999");
            dispatchEvent(new PopStateEvent("popstate"));
        }"""
    )

    expect(desk.get_by_text("It has ended, or you don’t have access to it.")).to_be_visible()
    expect(desk).to_have_title(re.compile("^Messages"))


@pytest.mark.complains(r"status of 404")
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nowhere", "Page not found"),
        ("/trainees/999999", "Trainee not found"),
        ("/messages?trainee=999999", "This conversation couldn’t be opened"),
    ],
)
def test_unknown_path_is_not_found(desk: Page, alice: User, path: str, words: str) -> None:
    sign_in(desk, alice)

    desk.goto(path)

    expect(desk.get_by_text(words)).to_be_visible()
    expect(navigation(desk)).to_be_visible()


@pytest.mark.complains(r"status of 404")
def test_unknown_conversation_says_so(desk: Page, alice: User) -> None:
    sign_in(desk, alice)

    desk.goto("/messages/999999")

    expect(composer(desk)).to_have_count(0)
    expect(desk.get_by_text("It has ended, or you don’t have access to it.")).to_be_visible()
    expect(messages(desk)).to_have_count(0)
    expect(conversations(desk)).to_have_count(0)


def test_trainee_has_no_screens_of_trainers(phone: Page, bob: User) -> None:
    sign_in(phone, bob, "/settings")
    expect(navigation(phone).get_by_role("link", name="Settings")).to_be_visible()
    expect(navigation(phone).get_by_role("link", name="Trainees")).to_have_count(0)

    phone.goto("/trainees")

    expect(phone.get_by_text("Page not found")).to_be_visible()


@pytest.mark.complains(r"status of 400")
def test_buttons_of_a_failed_message_are_on_one_line_on_a_narrow_phone(
    open_device: OpenDevice, bob: User, conversation: Conversation
) -> None:
    page = open_device(**{**PHONE, "viewport": {"width": 360, "height": 640}})
    refusal = {"content": ["This message cannot be sent as it is, for a reason of some length."]}
    page.route("**/send/", lambda route: route.fulfill(status=400, json=refusal))
    open_thread(page, bob, conversation)

    write(page, "too bad")

    expect_tick(page, "too bad", "Not sent")
    buttons = message(page, "too bad").get_by_role("button")
    expect(buttons).to_have_text(["Retry", "Delete"])
    # Measured in one call, because the row may be moving.
    (retry, delete) = buttons.evaluate_all("all => all.map(each => each.getBoundingClientRect())")
    assert retry["y"] == delete["y"]
    assert retry["height"] == delete["height"] < 40
    assert delete["x"] + delete["width"] <= 360
