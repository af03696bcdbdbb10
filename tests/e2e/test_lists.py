"""Long lists: every row can be reached."""

import pytest
from playwright.sync_api import Page, expect

from api.throttling import counter
from messaging.models import Conversation
from tests.e2e.screens import conversations, message, navigation, sign_in
from tests.factories import make_trainee, open_conversation
from users.models import User


@pytest.fixture
def crowd(alice: User) -> list[Conversation]:
    """Alice's conversations, the newest last: more than one page of the API holds."""
    opened = []
    for n in range(112):
        trainee = make_trainee(f"trainee{n:03}", alice)
        counter().reset()
        opened.append(open_conversation(alice, trainee, f"Hello {trainee.first_name}"))
    return opened


def test_all_conversations_can_be_reached_by_scrolling(
    desk: Page, alice: User, crowd: list[Conversation]
) -> None:
    sign_in(desk, alice)
    expect(conversations(desk).first).to_contain_text("Trainee111")

    for count in (100, 112):
        conversations(desk).last.scroll_into_view_if_needed()
        expect(conversations(desk)).to_have_count(count)

    names = conversations(desk).locator(".conversation-name")
    expect(names).to_have_text([f"Trainee{n:03} Tester" for n in reversed(range(112))])
    conversations(desk).last.click()
    expect(message(desk, "Hello Trainee000")).to_be_visible()


def test_deep_link_to_a_conversation_past_the_first_page_opens_it(
    desk: Page, alice: User, crowd: list[Conversation]
) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url.partition("/conversations/")[2]))

    sign_in(desk, alice, f"/messages/{crowd[0].pk}")

    expect(message(desk, "Hello Trainee000")).to_be_visible()
    expect(desk.get_by_role("heading", name="Trainee000 Tester")).to_be_visible()
    assert f"{crowd[0].pk}/" in asked
    assert not [each for each in asked if each.startswith("?page=2")]


@pytest.mark.complains(r"status of 404")
def test_deep_link_to_an_inaccessible_conversation_is_not_found(
    desk: Page, charlie: User, crowd: list[Conversation]
) -> None:
    sign_in(desk, charlie, f"/messages/{crowd[0].pk}")

    expect(desk.get_by_text("This conversation isn’t available")).to_be_visible()


def test_trainees_are_found_by_search_and_by_scrolling(
    desk: Page, alice: User, crowd: list[Conversation]
) -> None:
    sign_in(desk, alice)
    navigation(desk).get_by_role("link", name="Trainees").click()
    desk.get_by_role("searchbox").fill("trainee07")
    rows = desk.get_by_role("main").get_by_role("list").get_by_role("listitem")
    expect(rows).to_have_count(10)

    rows.filter(has_text="Trainee077").get_by_role("link", name="Message").click()

    expect(message(desk, "Hello Trainee077")).to_be_visible()
    desk.go_back()
    expect(rows).to_have_count(10)
    desk.get_by_role("searchbox").fill("nobody")
    expect(desk.get_by_text("No trainees found")).to_be_visible()
    desk.get_by_role("link", name="Show all trainees").click()
    for count in (40, 60, 80, 100, 112):
        rows.last.scroll_into_view_if_needed()
        expect(rows.nth(count - 1)).to_be_attached()
