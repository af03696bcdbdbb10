"""People's actions on the screens of a tab, in any browser. Elements are found by their classes."""

import json

from messaging.models import Conversation
from tests.e2e.screens import path_of, remember
from tests.e2e.webdriver.tabs import DrivenTab, Tab
from tests.factories import tokens_of
from users.cookies import SECURE_NAME
from users.models import User

ELSEWHERE = "/favicon.ico"
"""A page of the same host without scripts, which no browser shows in a viewer with another origin."""
TEXT = ".bubble-text"
ESCAPE = "\ue00c"
IS_PHOTO_LOADED = """(({ complete, naturalWidth }) => complete && naturalWidth > 0)(
    document.querySelector(".photo-image"))"""
IS_IN_VIEW = """(() => {{
    const rows = [...document.querySelectorAll(".message")];
    const row = rows.find((each) => each.querySelector(".bubble-text")?.textContent === {text});
    const log = document.querySelector("[role=log]").getBoundingClientRect();
    const {{ top, bottom }} = row?.getBoundingClientRect() ?? {{ top: -Infinity }};
    return top >= log.top && bottom <= log.bottom;
}})()"""


def sign_in(tab: Tab, person: User, path: str = "/messages") -> None:
    """Open a path as a person who has signed in on this device before."""
    tab.open(ELSEWHERE)
    tab.set_cookie(SECURE_NAME, tokens_of(person).refresh)
    tab.run(remember(person))
    tab.open(path)


def open_thread(tab: Tab, person: User, conversation: Conversation) -> None:
    """Open a conversation as a signed-in person, and wait for its messages."""
    sign_in(tab, person, path_of(conversation))
    tab.expect(TEXT)


def open_menu(tab: DrivenTab, text: str) -> None:
    """Open the menu of the first message with this text, by its button, which appears under the mouse."""

    def is_open() -> bool:
        tab.hover(".message .bubble", text)
        tab.click(".message:hover .message-more")
        return tab.has("[role=menu]")

    # What opens the menu is loaded after the first screen.
    tab.wait_until(is_open, f"the menu of {text!r} does not open")


def choose(tab: DrivenTab, text: str, entry: str) -> None:
    """Choose an entry of a message's menu, by its class or, if it is a reaction, by its emoji."""
    open_menu(tab, text)
    if entry.isascii():
        tab.click(f".menu-entry.{entry}")
    else:
        tab.click(".menu-reaction", entry)
    tab.expect_none("[role=menu]")


def expect_in_view(tab: DrivenTab, text: str) -> None:
    """Wait until the message with this text is on the screen."""
    script = IS_IN_VIEW.format(text=json.dumps(text))
    tab.wait_until(lambda: tab.run(script), f"{text!r} is not on the screen")


def expect_photo(tab: Tab) -> None:
    """Wait until the only photo is sent and has loaded."""
    tab.expect(".message .photo")
    tab.expect_none("[role=progressbar]")
    tab.expect(".photo-image")
    tab.wait_until(lambda: tab.run(IS_PHOTO_LOADED), "the photo does not load")


def close_dialog(tab: DrivenTab, css: str) -> None:
    """Press Escape in an element of a dialog, and wait until that is closed."""
    tab.write(css, ESCAPE)
    tab.expect_none("dialog[open]")
