"""The states of a thread, its menus and the search: axe checks them in both themes, and nodes are few."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from messaging.services.reacting import add_reaction
from tests.e2e.devices import DESK, PHONE, OpenDevice
from tests.e2e.screens import composer, log, message, open_thread
from tests.e2e.test_accessibility import serious_findings
from tests.e2e.test_second_thoughts import reply_to, wait_for_actions
from tests.factories import write as write_history
from users.models import User

TRANSPARENT = "rgba(0, 0, 0, 0)"


@pytest.fixture
def cast(alice: User, bob: User, conversation: Conversation) -> Conversation:
    """Messages with a quote, reactions and large emoji."""
    [question] = write_history(bob, conversation, "Can we meet?")
    reply_to(alice, conversation, question.pk)
    for person in (alice, bob):
        add_reaction(by=person, conversation_id=conversation.pk, message_id=question.pk, emoji="👍")
    write_history(alice, conversation, "💪", "see you")
    return conversation


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("held", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_serious_in_the_states_of_a_thread(
    open_device: OpenDevice,
    held: dict[str, Any],
    theme: str,
    alice: User,
    cast: Conversation,
) -> None:
    page = open_device(**held, color_scheme=theme, reduced_motion="reduce")
    open_thread(page, alice, cast)
    wait_for_actions(page)
    states = {"thread": serious_findings(page)}

    open_menu_by_keys(page)
    states["menu"] = serious_findings(page)
    page.get_by_role("menuitem", name="More emoji").click()
    expect(page.get_by_role("dialog", name="React")).to_be_visible()
    states["picker"] = serious_findings(page)
    leave(page, page.get_by_role("dialog"))
    states["reply"] = choose_by_keys(page, "Reply", page.locator(".composer-mode"))
    leave(page, page.locator(".composer-mode"))
    states["edit"] = choose_by_keys(page, "Edit", page.locator(".composer-mode"))
    leave(page, page.locator(".composer-mode"))
    states["info"] = choose_by_keys(page, "Info", page.get_by_role("dialog"))
    leave(page, page.get_by_role("dialog"))
    states["deletion"] = choose_by_keys(page, "Delete", page.get_by_role("button", name="Undo"))

    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("meet")
    expect(page.locator("mark")).to_be_visible()
    states["search"] = serious_findings(page)
    page.get_by_role("option").click()
    expect(message(page, "Can we meet?")).to_be_focused()
    expect(message(page, "Can we meet?")).not_to_have_css("background-color", TRANSPARENT)
    states["jump"] = serious_findings(page)

    assert {state: found for state, found in states.items() if found} == {}
    assert composer(page).input_value() == ""


def test_message_takes_few_nodes(desk: Page, alice: User, conversation: Conversation) -> None:
    open_thread(desk, alice, conversation)

    count = message(desk, "Hello").evaluate(
        """row => {
            const walker = document.createTreeWalker(row, NodeFilter.SHOW_ALL);
            let count = 1;
            while (walker.nextNode()) count += 1;
            return count;
        }"""
    )

    assert count <= 36


def open_menu_by_keys(page: Page) -> None:
    log(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()


def leave(page: Page, shown: Locator) -> None:
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)


def choose_by_keys(page: Page, name: str, shown: Locator) -> list[str]:
    """Choose an action for the last message, wait until an element is shown, and return the findings."""
    open_menu_by_keys(page)
    page.get_by_role("menuitem", name=name, exact=True).press("Enter")
    expect(shown).to_be_visible()
    return serious_findings(page)
