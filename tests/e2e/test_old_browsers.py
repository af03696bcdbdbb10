"""Chromium without what older browsers lack: the colours, the story, and a notice if nothing works."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, Route, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_texts,
    expect_tick,
    message,
    open_thread,
    sign_in_by_form,
    sign_out,
    write,
)
from tests.factories import tokens_of
from tests.factories import write as write_history
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User
from web import manifest
from web.browsers import OLDEST

NEWER_CSS = re.compile(r"light-dark\(|color-mix\(|oklch\(|:has\(|:dir\(|(?<=\d)dvh|field-sizing")
# The colours of each element with text, without those of avatars, which only have to be there.
LIST_COLOURS = """() => [...document.querySelectorAll("body, body *")]
    .filter(each => each.getClientRects().length > 0 && !each.closest("user-avatar"))
    .map(each => {
        const { backgroundColor, color, borderTopColor, boxShadow } = getComputedStyle(each);
        return [each.className || each.localName, backgroundColor, color, borderTopColor, boxShadow].join();
    })"""
# In production, a bundle contains the modules.
A_MODULE = re.compile(r"/(core/router|bundles/app)[.\w]*\.js$")
# The theme of the system, and the one that was chosen in the settings.
THEMES: tuple[tuple[Literal["light", "dark"], str], ...] = (
    ("light", ""),
    ("dark", ""),
    ("light", "dark"),
    ("dark", "light"),
)
CHOOSE_THEME = """theme => dispatchEvent(new CustomEvent("theme-change", { detail: theme }))"""
BACKGROUND = "element => getComputedStyle(element).backgroundColor"
# Newer than the versions in docs/browsers.md.
REMOVE_NEWER = """
    delete AbortSignal.any;
    delete Promise.withResolvers;
    delete Promise.try;
    delete Object.groupBy;
    delete Intl.Segmenter;
    delete Intl.DurationFormat;
    delete Element.prototype.checkVisibility;
    delete String.prototype.toWellFormed;
    delete String.prototype.isWellFormed;
    for (const name of ["toSorted", "toReversed", "toSpliced", "with"]) delete Array.prototype[name];
    for (const name of ["union", "intersection", "difference"]) delete Set.prototype[name];
    for (const name of ["map", "filter", "some", "find", "toArray"]) delete Iterator.prototype[name];
    for (const name of ["Iterator", "scheduler", "navigation"]) delete globalThis[name];
    for (const name of ["setAppBadge", "clearAppBadge", "locks"]) delete Navigator.prototype[name];
"""


def make_newer_css_unknown(page: Page) -> None:
    def respond(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=NEWER_CSS.sub("unknown-\\\\g<0>", response.text()))

    page.route("**/*.css", respond)


def test_colours_are_the_same_without_newer_css(
    open_device: OpenDevice,
    server: WebServer,
    alice: User,
    bob: User,
    conversation: Conversation,
) -> None:
    write_history(alice, conversation, "from me")
    write_history(bob, conversation, "from bob")
    Person(server, tokens_of(alice)).read(conversation.pk)
    newer, older = pages = [open_device(), open_device()]
    make_newer_css_unknown(older)
    for page in pages:
        open_thread(page, alice, conversation)
        expect(composer(page)).to_be_visible()

    for system, chosen in THEMES:
        background = as_rgb(manifest.DARK if "dark" in (chosen or system) else manifest.LIGHT)
        for page in pages:
            page.emulate_media(color_scheme=system, reduced_motion="reduce")
            page.evaluate(CHOOSE_THEME, chosen)
            expect(page.locator("html")).to_have_css("background-color", background)
        # Other colours change in a transition.
        wait_until(older, lambda: older.evaluate(LIST_COLOURS) == newer.evaluate(LIST_COLOURS))
        avatar = older.locator("user-avatar").first.evaluate(BACKGROUND)
        assert avatar not in ("rgba(0, 0, 0, 0)", background)


def as_rgb(colour: str) -> str:
    return f"rgb({', '.join(str(each) for each in bytes.fromhex(colour[1:]))})"


def test_story_without_newer_javascript(
    open_device: OpenDevice,
    server: WebServer,
    alice: User,
    bob: User,
    conversation: Conversation,
) -> None:
    desk = open_device(fresh=True)
    desk.add_init_script(REMOVE_NEWER)
    make_newer_css_unknown(desk)
    trainee = Person(server, tokens_of(bob))

    sign_in_by_form(desk, alice)
    conversation_with(desk, bob).click()
    expect(message(desk, "Hello")).to_be_visible()
    write(desk, "from me")
    expect_tick(desk, "from me", "Sent")
    trainee.send(conversation.pk, "from bob")

    expect_texts(desk, ["Hello", "from me", "from bob"])
    trainee.read(conversation.pk)
    expect_tick(desk, "from me", "Read")
    for name in ("Trainees", "Invitations", "Settings"):
        desk.get_by_role("link", name=name).click()
        expect(desk.get_by_role("heading", name=name, exact=True)).to_be_focused()
    sign_out(desk)


# A page that cannot start
# ------------------------------------------------------------------------------
def change_page(page: Page, old: str, new: str) -> None:
    """Change the HTML of each page that is opened from now on."""

    def respond(route: Route) -> None:
        response = route.fetch()
        assert old in response.text()
        route.fulfill(response=response, body=response.text().replace(old, new))

    page.route("**/sign-in", respond)


def expect_notice(page: Page) -> None:
    notice = page.get_by_role("alert").filter(has_text="This page could not start")
    expect(notice).to_be_visible()
    versions = (
        f"Chrome or Edge {OLDEST['chrome']}, Firefox {OLDEST['firefox']}, Safari {OLDEST['safari']}"
    )
    expect(notice).to_contain_text(versions)
    covers = "notice => notice.contains(document.elementFromPoint(innerWidth / 2, innerHeight / 2))"
    assert notice.evaluate(covers)


@pytest.mark.complains("Failed to resolve module specifier", "404", "text/en.js")
def test_page_without_import_maps_says_why(desk: Page) -> None:
    change_page(desk, 'type="importmap"', 'type="unknown"')

    desk.goto("/sign-in")

    expect_notice(desk)


def test_page_without_modules_says_why_in_the_dark(open_device: OpenDevice) -> None:
    page = open_device(color_scheme="dark")
    change_page(page, 'type="module"', 'type="unknown"')

    page.goto("/sign-in")

    expect_notice(page)
    assert page.locator("#notice").evaluate(BACKGROUND) == as_rgb(manifest.DARK)


@pytest.mark.complains("net::ERR_FAILED")
def test_page_whose_module_does_not_load_says_why_and_starts_again(open_device: OpenDevice) -> None:
    page = open_device(fresh=True)
    page.route(A_MODULE, lambda route: route.abort())
    page.goto("/sign-in")
    expect_notice(page)
    page.unroute(A_MODULE)

    page.get_by_role("link", name="Try again").click()

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("#notice")).to_have_count(0)


@pytest.mark.complains("EventTarget")
def test_page_whose_module_fails_says_why(desk: Page) -> None:
    desk.add_init_script("delete globalThis.EventTarget")

    desk.goto("/sign-in")

    expect_notice(desk)


@pytest.mark.complains("is not a function")
def test_page_that_fails_after_its_modules_have_run_says_why(desk: Page) -> None:
    desk.add_init_script("delete Element.prototype.toggleAttribute")

    desk.goto("/sign-in")

    expect_notice(desk)
