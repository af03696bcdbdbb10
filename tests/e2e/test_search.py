"""Search in a browser: names first, then messages; a hit opens the thread at that message."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice
from tests.e2e.screens import composer, message, open_thread, path_of, sign_in
from tests.e2e.test_accessibility import serious_findings
from tests.e2e.test_history import fill
from tests.factories import make_trainee, open_conversation
from users.models import User


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search people and messages")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def active(page: Page) -> Locator:
    return page.locator("[role=option][aria-selected=true]")


def open_search(page: Page, text: str = "") -> None:
    expect(page.get_by_role("main")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    if text:
        field(page).fill(text)


@pytest.fixture
def zoe(alice: User) -> User:
    zoe = make_trainee("zoe", alice)
    zoe.first_name, zoe.last_name = "Zoë", "Müller"
    zoe.save()
    return zoe


def test_names_come_first_without_accents_and_keys_choose(
    desk: Page, alice: User, bob: User, zoe: User, conversation: Conversation
) -> None:
    hers = open_conversation(alice, zoe, "Welcome")
    conversation.messages.update(content="zoe says hi")
    sign_in(desk, alice, "/trainees")
    expect(desk.get_by_role("heading", name="Trainees", level=1)).to_be_visible()

    open_search(desk, "zoe")

    expect(options(desk)).to_have_count(2)
    expect(options(desk).first).to_have_text(re.compile("Zoë Müller"))
    expect(options(desk).last.locator("mark")).to_have_text("zoe")
    expect(field(desk)).to_have_attribute("aria-activedescendant", f"conversation-{hers.pk}")
    field(desk).press("ArrowDown")
    expect(active(desk)).to_contain_text("zoe says hi")
    field(desk).press("ArrowUp")
    field(desk).press("Enter")
    expect(desk).to_have_url(re.compile(f"{path_of(hers)}$"))
    expect(field(desk)).to_have_count(0)


def press_shortcut_and_type(page: Page, text: str) -> None:
    """Type before anything of the search can be loaded."""
    script = """text => {
        dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
        document.execCommand("insertText", false, text);
    }"""
    page.evaluate(script, text)


def test_what_is_typed_while_the_search_loads_is_searched_and_never_sent(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    conversation.messages.update(content="Needle")
    open_thread(desk, alice, conversation)
    composer(desk).focus()

    press_shortcut_and_type(desk, "need")

    expect(field(desk)).to_have_value("need")
    expect(options(desk).filter(has_text="Needle")).to_have_count(1)
    desk.keyboard.press("Escape")
    expect(composer(desk)).to_be_focused()
    expect(composer(desk)).to_have_value("")


def test_escape_while_the_search_loads_closes_it(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    composer(desk).press("Control+k")

    desk.keyboard.press("Escape")

    expect(composer(desk)).to_be_focused()
    expect(desk.locator("dialog")).to_have_count(0)


def test_trainee_without_a_conversation_is_found(desk: Page, alice: User, zoe: User) -> None:
    sign_in(desk, alice)

    open_search(desk, "mull")
    options(desk).filter(has_text="Zoë Müller").click()

    expect(desk).to_have_url(re.compile(rf"/messages\?trainee={zoe.pk}$"))


def test_search_shows_parts_of_words_around_the_marks_and_more_on_scrolling(
    phone: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 60)
    conversation.messages.filter(content="message 7").update(
        content=f"{'so ' * 60}many Mèssages\n<b>here</b>"
    )
    sign_in(phone, alice)
    phone.get_by_role("button", name="Search").click()

    field(phone).fill("essage")

    expect(phone.get_by_text("60 messages")).to_be_attached()
    expect(options(phone).nth(19)).to_be_attached()
    phone.locator(".search-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    expect(options(phone).nth(39)).to_be_attached()
    phone.locator(".search-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    expect(options(phone)).to_have_count(60)
    hit = options(phone).filter(has_text="Mèssages")
    expect(hit.locator("mark")).to_have_text("èssage")
    expect(hit).to_contain_text("<b>here</b>")
    expect(hit).to_contain_text("…so so")


def test_one_conversation_is_searched_until_it_is_widened(
    desk: Page, alice: User, zoe: User, conversation: Conversation
) -> None:
    conversation.messages.update(content="leg day with Bob")
    open_conversation(alice, zoe, "leg day with Zoe")
    open_thread(desk, alice, conversation)
    desk.get_by_role("button", name="Search this conversation").click()

    field(desk).fill("leg day")

    expect(options(desk)).to_have_count(1)
    expect(options(desk)).to_contain_text("leg day with Bob")
    desk.get_by_role("button", name="Search everywhere").click()
    expect(options(desk)).to_have_count(2)
    expect(field(desk)).to_be_focused()


def test_states_say_what_is_the_matter(desk: Page, alice: User, conversation: Conversation) -> None:
    sign_in(desk, alice)
    open_search(desk, "zzz")
    expect(desk.get_by_text("Nothing found")).to_be_visible()

    field(desk).fill("x")
    expect(desk.get_by_text("Type at least two characters to search messages.")).to_be_visible()

    field(desk).press("Escape")
    expect(field(desk)).to_have_count(0)


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED|Failed to load resource")
def test_search_goes_on_when_the_network_returns(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in(desk, alice)
    open_search(desk, "hel")
    expect(options(desk)).to_have_count(1)
    desk.context.set_offline(True)
    field(desk).fill("hell")
    expect(desk.get_by_text("Messages can’t be searched offline")).to_be_visible()

    desk.context.set_offline(False)

    expect(desk.get_by_text("Messages can’t be searched offline")).to_have_count(0)
    expect(options(desk)).to_have_text([re.compile("Hello")])


def test_trainee_is_searched_for_while_viewing_as_them(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(message(desk, "Hello")).to_be_visible()

    open_search(desk, "hello")

    expect(options(desk)).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_search(
    open_device: OpenDevice, alice: User, conversation: Conversation, scheme: str
) -> None:
    page = open_device(color_scheme=scheme)
    sign_in(page, alice)
    open_search(page, "hello")
    expect(options(page)).to_have_count(1)

    assert serious_findings(page) == []
