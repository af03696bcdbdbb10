"""Two tabs of one account change the same messages, and end in the same state."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation, Message
from tests.e2e.devices import Sockets, wait_until
from tests.e2e.screens import composer, message, messages, open_live_thread, path_of
from tests.e2e.test_second_thoughts import choose, edit, open_menu, reaction, wait_for_actions
from tests.factories import write
from users.models import User

pytestmark = pytest.mark.complains(r"status of 403")


@pytest.fixture
def tabs(desk: Page, alice: User, conversation: Conversation) -> list[Page]:
    """Alice's thread with Bob in two tabs of one browser, both live."""
    write(alice, conversation, "First", "Second")
    open_live_thread(desk, alice, conversation)
    other = desk.context.new_page()
    sockets = Sockets(other)
    other.goto(path_of(conversation))
    expect(messages(other)).to_have_count(3)
    wait_until(other, lambda: any(f"/{conversation.pk}/" in url for url in sockets.live))
    return [desk, other]


def react(page: Page, text: str, emoji: str) -> None:
    open_menu(page, message(page, text))
    page.get_by_role("menuitemcheckbox", name=emoji).click()


def states(page: Page) -> list[str]:
    """Return what each message shows: its text, "(edited)", and its reactions."""
    texts: list[str] = page.locator(".message").evaluate_all(
        "rows => rows.map(row => row.innerText.replaceAll(/\\s+/g, ' '))"
    )
    return texts


def test_edits_deletions_and_reactions_of_two_tabs_end_in_one_state(tabs: list[Page]) -> None:
    one, other = tabs

    one.bring_to_front()
    edit(one, "First", "First, edited")
    expect(message(other, "First, edited")).to_be_visible()
    react(one, "Second", "👍")
    other.bring_to_front()
    react(other, "Second", "🙏")
    edit(other, "First, edited", "Edited twice")
    choose(other, message(other, "Hello"), "Delete")

    for page in tabs:
        expect(message(page, "Edited twice")).to_contain_text("(edited)")
        expect(reaction(page, "Second", "👍 by You")).to_be_visible()
        expect(reaction(page, "Second", "🙏 by You")).to_be_visible()
        expect(page.locator(".history").get_by_text("This message was deleted")).to_be_visible()
    wait_until(one, lambda: states(one) == states(other))
    react(one, "Second", "👍")
    expect(reaction(other, "Second", "👍 by You")).to_have_count(0)


def test_edit_in_one_tab_ends_when_the_other_tab_deletes_the_message(tabs: list[Page]) -> None:
    one, other = tabs
    one.bring_to_front()
    choose(one, message(one, "First"), "Edit")
    composer(one).fill("First, but better")

    other.bring_to_front()
    choose(other, message(other, "First"), "Delete")
    other.get_by_role("link", name="Trainees").click()

    expect(one.locator(".history").get_by_text("This message was deleted")).to_be_visible()
    expect(composer(one)).to_have_value("")
    assert not Message.objects.filter(content__startswith="First").exists()


def test_menu_offers_no_change_while_impersonating(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write(bob, conversation, "Mine")
    open_live_thread(desk, alice, conversation)
    desk.goto(f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(desk.get_by_text("You are viewing as")).to_be_visible()
    desk.goto(path_of(conversation))
    wait_for_actions(desk)

    open_menu(desk, message(desk, "Mine"))

    items = desk.get_by_role("menu").locator("[role^=menuitem]")
    expect(items).to_have_text(["Copy", "Info"])
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("textbox", name="Message")).to_have_count(0)
