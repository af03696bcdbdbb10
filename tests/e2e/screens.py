"""People's actions on the screens. Elements are found by role and name, which is how people know them."""

import json
import re
import time
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import Sockets, wait_until
from tests.factories import PASSWORD, tokens_of
from users.cookies import NAME as COOKIE
from users.cookies import PATH as COOKIE_PATH
from users.models import User
from users.serializers import MeSerializer


def sign_in(page: Page, person: User, path: str = "/messages") -> Page:
    """Open a path as a person who has signed in on this device before."""
    page.context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": tokens_of(person).refresh,
                "domain": "127.0.0.1",
                "path": COOKIE_PATH,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )
    # The script is removed once the page is shown, so that it signs nobody in on a later page.
    with page.add_init_script(remember(person)), page.expect_response("**/api/auth/users/me/"):
        page.goto(path)
    return page


def remember(person: User) -> str:
    """Return the script that stores what a page remembers of a signed-in person."""
    kept = {"me": json.dumps(MeSerializer(person).data), "sign-in": str(round(1000 * time.time()))}
    return f"Object.assign(localStorage, {json.dumps(kept)})"


def sign_in_by_form(page: Page, person: User, path: str = "/messages") -> Page:
    """Sign in with the password, and open a path."""
    page.goto(f"/sign-in?next={quote(path)}")
    fill_sign_in(page, person)
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
    return page


def fill_sign_in(page: Page, person: User, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def open_thread(page: Page, person: User, conversation: Conversation) -> Page:
    """Open a conversation as a signed-in person, and wait for its messages."""
    sign_in(page, person, path_of(conversation))
    expect(messages(page).last).to_be_visible()
    return page


def open_live_thread(page: Page, person: User, conversation: Conversation) -> Page:
    """Open a conversation, and wait until the sockets of the thread and of the inbox are live."""
    sockets = Sockets(page)
    open_thread(page, person, conversation)
    sockets.wait_until_live(2)
    return page


def sign_out(page: Page) -> None:
    # The browser complains about a request that is still under way when the session ends.
    page.goto("/settings", wait_until="networkidle")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def wait_for_sign_out(page: Page) -> None:
    """
    Wait until the server has confirmed a sign-out.

    The page changes before. Leaving it before would send the sign-out twice, and a sign-in that does not
    go through the page, such as `sign_in`, would lose its cookie to the late answer.
    """
    wait_until(page, lambda: page.evaluate("localStorage.getItem('sign-out-is-due')") is None)


def path_of(conversation: Conversation) -> str:
    return f"/messages/{conversation.pk}"


def navigation(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main")


# The list of conversations
# ------------------------------------------------------------------------------
def conversations(page: Page) -> Locator:
    return page.get_by_role("list", name="Conversations").get_by_role("link")


def conversation_with(page: Page, person: User) -> Locator:
    return conversations(page).filter(has_text=full_name(person))


def expect_unread(page: Page, shown: str | None) -> None:
    """Expect this unread count, or none, in the navigation and in the title."""
    # A phone shows no navigation beside an open thread; the badge is there, but hidden.
    badge = page.locator("nav .badge")
    if shown is None:
        expect(badge).to_have_count(0)
        expect(page).to_have_title(re.compile(r"^[^(]"))
    else:
        expect(badge).to_have_text(re.compile(rf"^\s*{re.escape(shown)}(?!\d)"))
        expect(page).to_have_title(re.compile(rf"^\({re.escape(shown)}\) "))


# The thread
# ------------------------------------------------------------------------------
def log(page: Page) -> Locator:
    return page.get_by_role("log")


def messages(page: Page) -> Locator:
    return page.locator(".message")


def message(page: Page, text: str) -> Locator:
    """Return the only message with this text."""
    bubble = page.locator(".bubble-text").get_by_text(text, exact=True)
    return page.locator(".message").filter(has=bubble)


def list_texts(page: Page) -> list[str]:
    """Return the texts of the thread, from the top to the bottom of the screen."""
    script = """rows => rows
        .map(row => [row.getBoundingClientRect().top, row.textContent])
        .sort(([one], [other]) => one - other)
        .map(([top, text]) => text)"""
    found: list[str] = page.locator(".bubble-text").evaluate_all(script)
    return found


def expect_texts(page: Page, texts: list[str]) -> None:
    """Wait until the thread has exactly these texts, in this order from top to bottom."""
    expect(page.locator(".bubble-text")).to_have_text(texts)
    wait_until(page, lambda: list_texts(page) == texts)


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("Message", re.IGNORECASE))


def write(page: Page, text: str) -> None:
    """Send a text with Enter; if Enter adds a line in this composer, send it with the button."""
    composer(page).fill(text)
    if composer(page).get_attribute("enterkeyhint") == "send":
        composer(page).press("Enter")
    else:
        page.get_by_role("button", name="Send").click()


def expect_tick(page: Page, text: str, tick: str, **options: Any) -> None:
    """Expect one's own message to be `Sending`, `Sent`, `Read` or `Not sent`."""
    mark = message(page, text).locator(".tick")
    expect(mark).to_have_accessible_name(tick, **options)


def full_name(person: User) -> str:
    return f"{person.first_name} {person.last_name}"
