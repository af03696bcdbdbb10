"""Drafts in two tabs of one browser: sent text leaves every composer, and no other text is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_tick,
    message,
    navigation,
    open_thread,
    path_of,
    sign_in,
    write,
)
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

ROWS = """id => new Promise((resolve, reject) => {
    const opening = indexedDB.open(`messaging-${id}`);
    opening.onerror = reject;
    opening.onsuccess = () => {
        const rows = opening.result.transaction("drafts").objectStore("drafts").getAll();
        rows.onsuccess = () => { opening.result.close(); resolve(rows.result.sort()); };
    };
})"""
PUT_AS_BEFORE = """([id, name, text]) => new Promise(resolve => {
    const opening = indexedDB.open(`messaging-${id}`);
    opening.onsuccess = () => {
        const transaction = opening.result.transaction("drafts", "readwrite");
        transaction.objectStore("drafts").put(text, name);
        transaction.oncomplete = () => { opening.result.close(); resolve(); };
    };
})"""


@pytest.fixture
def one(desk: Page, alice: User, conversation: Conversation) -> Page:
    """Alice's first tab, with Bob's thread."""
    return open_thread(desk, alice, conversation)


@pytest.fixture
def open_tab(one: Page, conversation: Conversation) -> Callable[[], Page]:
    """Open another tab of the same browser on the same thread."""

    def open_tab() -> Page:
        page = one.context.new_page()
        page.goto(path_of(conversation))
        expect(message(page, "Hello")).to_be_visible()
        return page

    return open_tab


def expect_kept(page: Page, person: User, *texts: str) -> None:
    wait_until(page, lambda: page.evaluate(ROWS, person.pk) == sorted(texts))


def test_text_sent_in_one_tab_leaves_the_composer_of_another(
    one: Page, open_tab: Callable[[], Page], alice: User, conversation: Conversation
) -> None:
    composer(one).fill("only once")
    expect_kept(one, alice, "only once")
    other = open_tab()
    expect(composer(other)).to_have_value("only once")

    composer(one).press("Enter")

    expect_tick(other, "only once", "Sent")
    expect(composer(other)).to_have_value("")
    composer(other).press("Enter")
    write(other, "the next")
    expect_tick(one, "the next", "Sent")
    assert conversation.messages.filter(content="only once").count() == 1
    expect_kept(one, alice)


def test_same_text_in_both_tabs_is_one_draft(
    one: Page, open_tab: Callable[[], Page], alice: User
) -> None:
    other = open_tab()
    composer(one).fill("twice")
    composer(other).fill("twice ")

    composer(one).press("Enter")

    expect_tick(other, "twice", "Sent")
    expect(composer(other)).to_have_value("")
    expect_kept(one, alice)
    other.reload()
    expect(message(other, "twice")).to_be_visible()
    expect(composer(other)).to_have_value("")


@pytest.mark.parametrize("sends_last", [True, False])
def test_another_text_stays_in_its_composer_and_is_stored(
    one: Page, open_tab: Callable[[], Page], alice: User, sends_last: bool
) -> None:
    other = open_tab()
    for page in (other, one) if sends_last else (one, other):
        composer(page).fill("from one" if page is one else "from the other")

    composer(one).press("Enter")

    expect_tick(other, "from one", "Sent")
    expect(composer(other)).to_have_value("from the other")
    expect_kept(one, alice, "from the other")
    other.reload()
    expect(composer(other)).to_have_value("from the other")
    expect(composer(one)).to_have_value("")


def test_two_drafts_are_restored_each_in_its_own_tab(
    one: Page, open_tab: Callable[[], Page]
) -> None:
    other = open_tab()
    composer(other).fill("from the other")
    composer(one).fill("from one")

    one.reload()
    other.reload()

    expect(composer(one)).to_have_value("from one")
    expect(composer(other)).to_have_value("from the other")


def test_draft_of_a_closed_thread_survives_a_send_in_another_tab(
    one: Page, open_tab: Callable[[], Page], alice: User, bob: User
) -> None:
    carol = make_trainee("carol", alice)
    open_conversation(alice, carol, "Hello Carol")
    other = open_tab()
    composer(one).fill("not finished")
    conversation_with(one, carol).click()
    expect(message(one, "Hello Carol")).to_be_visible()

    write(other, "sent meanwhile")
    expect_tick(other, "sent meanwhile", "Sent")

    conversation_with(one, bob).click()
    expect(composer(one)).to_have_value("not finished")


def test_idle_composer_is_not_overwritten_and_deletes_nothing(
    one: Page, open_tab: Callable[[], Page], alice: User
) -> None:
    other = open_tab()

    composer(one).fill("written in one")
    expect_kept(other, alice, "written in one")

    expect(composer(other)).to_have_value("")
    other.reload()
    expect(composer(other)).to_have_value("written in one")


def test_unedited_composer_follows_the_draft_of_another_tab(
    one: Page, open_tab: Callable[[], Page], alice: User
) -> None:
    composer(one).fill("Hello wor")
    expect_kept(one, alice, "Hello wor")
    other = open_tab()
    expect(composer(other)).to_have_value("Hello wor")

    composer(one).fill("Hello world")

    expect(composer(other)).to_have_value("Hello world")
    expect_kept(one, alice, "Hello world")


def test_draft_continued_in_another_tab_is_not_lost_in_the_first(
    one: Page, open_tab: Callable[[], Page], alice: User
) -> None:
    composer(one).fill("begun")
    expect_kept(one, alice, "begun")
    other = open_tab()
    expect(composer(other)).to_have_value("begun")

    write(other, "begun and ended")
    expect_tick(other, "begun and ended", "Sent")

    expect(composer(one)).to_have_value("begun")
    expect_kept(one, alice, "begun")


def test_first_message_to_a_trainee_leaves_the_composer_of_another_tab(
    desk: Page, alice: User
) -> None:
    carol = make_trainee("carol", alice)
    path = f"/messages?trainee={carol.pk}"
    sign_in(desk, alice, path)
    composer(desk).fill("Welcome!")
    expect_kept(desk, alice, "Welcome!")
    other = desk.context.new_page()
    other.goto(path)
    expect(composer(other)).to_have_value("Welcome!")

    composer(desk).press("Enter")

    expect_tick(other, "Welcome!", "Sent")
    expect(composer(other)).to_have_value("")
    expect_kept(desk, alice)


def test_other_text_to_a_new_trainee_moves_to_the_conversation(desk: Page, alice: User) -> None:
    carol = make_trainee("carol", alice)
    path = f"/messages?trainee={carol.pk}"
    sign_in(desk, alice, path)
    other = desk.context.new_page()
    other.goto(path)
    composer(other).fill("something else")

    write(desk, "Welcome!")

    expect_tick(other, "Welcome!", "Sent")
    expect(composer(other)).to_have_value("something else")
    expect_kept(desk, alice, "something else")


@pytest.mark.parametrize("is_loaded_anew", [False, True])
def test_draft_to_a_new_trainee_survives_a_first_message_from_elsewhere(
    desk: Page, server: WebServer, alice: User, is_loaded_anew: bool
) -> None:
    """When the conversation starts, no composer is open that could move the draft to it."""
    carol = make_trainee("carol", alice)
    sign_in(desk, alice, f"/messages?trainee={carol.pk}")
    composer(desk).fill("not finished")
    expect_kept(desk, alice, "not finished")
    navigation(desk).get_by_role("link", name="Messages").click()
    expect(composer(desk)).to_have_count(0)

    phone = Person(server, tokens_of(alice))
    phone.post("messaging/conversations/start/", trainee_id=carol.pk, content="Welcome!")
    if is_loaded_anew:
        desk.goto(path_of(alice.conversations_as_trainer.get()))
    else:
        conversation_with(desk, carol).click()

    expect(composer(desk)).to_have_value("not finished")
    composer(desk).press("Enter")
    expect_tick(desk, "not finished", "Sent")
    expect_kept(desk, alice)


def test_draft_of_an_earlier_release_is_kept(
    one: Page, alice: User, conversation: Conversation
) -> None:
    one.evaluate(PUT_AS_BEFORE, [alice.pk, str(conversation.pk), "from before"])

    one.reload()

    expect(composer(one)).to_have_value("from before")
    composer(one).press("Enter")
    expect_tick(one, "from before", "Sent")
    expect_kept(one, alice)


def test_sign_out_deletes_the_drafts_of_the_tab(one: Page) -> None:
    composer(one).fill("a draft")
    wait_until(one, lambda: one.evaluate("Object.keys(sessionStorage)") == ["drafts"])

    one.wait_for_load_state("networkidle")  # the browser complains about requests that are refused
    navigation(one).get_by_role("button", name="Sign out").click()
    expect(one.get_by_role("button", name="Sign in")).to_be_visible()

    assert one.evaluate("Object.keys(sessionStorage)") == []
