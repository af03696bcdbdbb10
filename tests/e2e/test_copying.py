"""Copied messages are the texts that people wrote, and nothing else."""

import pytest
from playwright.sync_api import Page

from messaging.models import Conversation
from tests.e2e.devices import wait_for_listener
from tests.e2e.screens import log, message, open_thread
from tests.factories import write
from users.models import User

COPY = """() => {
    const data = new DataTransfer();
    const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
    const isOurs = !document.activeElement.dispatchEvent(event);
    return isOurs ? data.getData("text/plain") : getSelection().toString();
}"""


def copied(page: Page) -> str:
    """Return what the browser would copy of the current selection."""
    text: str = page.evaluate(COPY)
    return text


@pytest.fixture
def thread(desk: Page, alice: User, bob: User, conversation: Conversation) -> Page:
    write(alice, conversation, "Good\nmorning")
    write(bob, conversation, "Thanks")
    open_thread(desk, alice, conversation)
    wait_for_listener(desk, "copy")
    return desk


def test_several_bubbles_are_copied_without_times_and_authors(thread: Page) -> None:
    log(thread).evaluate("node => getSelection().selectAllChildren(node)")

    assert copied(thread) == "Hello\nGood\nmorning\nThanks"


def test_whole_bubble_is_copied_without_its_time_and_author(thread: Page) -> None:
    bubble = message(thread, "Thanks").locator(".bubble")

    bubble.evaluate("node => getSelection().selectAllChildren(node)")

    assert copied(thread) == "Thanks"


def test_part_of_several_bubbles_is_copied_as_selected(thread: Page) -> None:
    log(thread).evaluate(
        """node => {
            const [first, , last] = [...node.querySelectorAll(".bubble-text")];
            const walker = (root) => document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            const firstText = (root) => {
                const all = walker(root);
                while (all.nextNode()) if (all.currentNode.data.trim()) return all.currentNode;
            };
            getSelection().setBaseAndExtent(firstText(first), 3, firstText(last), 4);
        }"""
    )

    assert copied(thread) == "lo\nGood\nmorning\nThan"


def test_everything_is_copied_without_times_and_authors(thread: Page) -> None:
    thread.evaluate("getSelection().selectAllChildren(document.body)")

    text = copied(thread)

    assert "Thanks" in text
    assert "You:" not in text
    assert "Sent" not in text
