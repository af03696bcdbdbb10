"""Several devices of one person, and several people on one device."""

import re

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import Hold, OpenDevice, Sockets, wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    conversations,
    expect_texts,
    expect_tick,
    expect_unread,
    fill_sign_in,
    message,
    messages,
    navigation,
    open_thread,
    path_of,
    sign_in,
    sign_in_by_form,
    sign_out,
    write,
)
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.factories import write as write_history
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User


def test_second_device_shows_the_same(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    open_thread(phone, alice, conversation)

    write(phone, "from the phone")
    expect_tick(desk, "from the phone", "Sent")
    write(desk, "from the desk")

    expect_texts(phone, ["Hello", "from the phone", "from the desk"])
    expect_texts(desk, ["Hello", "from the phone", "from the desk"])
    expect_tick(phone, "from the desk", "Sent")


def test_tick_changes_on_both_devices(
    desk: Page, phone: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    open_thread(phone, alice, conversation)

    Person(server, tokens_of(bob)).read(conversation.pk)

    expect_tick(desk, "Hello", "Read")
    expect_tick(phone, "Hello", "Read")


def test_many_tabs_share_one_inbox_socket(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    tabs = [desk, *(desk.context.new_page() for _ in range(3))]
    sockets = [Sockets(tab) for tab in tabs]
    sign_in(desk, alice, "/settings")
    for tab in tabs[1:]:
        tab.goto("/settings")
        expect_unread(tab, None)

    write_history(bob, conversation, "for all tabs")

    for tab in tabs:
        expect_unread(tab, "1")
    # A visible tab may take the socket over, and then the other tab closes its own.
    wait_until(desk, lambda: sum(len(each.opened) - len(each.closed) for each in sockets) == 1)


def test_frames_during_a_change_of_leader_reach_every_list(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sockets = Sockets(desk)
    sign_in(desk, alice)
    expect(conversation_with(desk, bob)).to_be_visible()
    wait_until(desk, lambda: bool(sockets.opened))
    other = desk.context.new_page()
    hold = Hold(other, "**/auth/jwt/refresh/")
    other.goto("/messages")
    wait_until(desk, lambda: bool(sockets.closed))
    write_history(bob, conversation, "to nobody's socket")

    hold.release()

    for tab in (desk, other):
        expect(conversation_with(tab, bob)).to_contain_text("to nobody's socket")
        expect(conversation_with(tab, bob).locator(".badge")).to_contain_text("1")


def test_sign_out_in_one_tab_ends_the_others(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    other = desk.context.new_page()

    sign_in_kept(other)
    sign_out(other)

    expect(desk.get_by_role("button", name="Sign in")).to_be_visible()
    expect(desk.get_by_text("Hello")).to_have_count(0)


def sign_in_kept(page: Page) -> None:
    """Open another tab of the signed-in person."""
    with page.expect_response("**/api/auth/users/me/"):
        page.goto("/settings")
    expect(navigation(page)).to_be_visible()


def test_next_user_of_the_device_sees_nothing_of_the_last_one(
    desk: Page, alice: User, bob: User, dora: User, charlie: User, conversation: Conversation
) -> None:
    others = open_conversation(dora, charlie, "Hello Charlie")
    open_thread(desk, bob, conversation)
    composer(desk).fill("a draft of Bob's")
    sign_out(desk)

    fill_sign_in(desk, charlie)

    expect(message(desk, "Hello Charlie")).to_be_visible()
    expect(messages(desk)).to_have_count(1)
    expect(composer(desk)).to_have_value("")
    assert "Bob" not in desk.content()
    wait_until(desk, lambda: kept_of(desk) == {f"messaging-{charlie.pk}"})
    desk.goto("/settings")
    expect(desk.get_by_text("charlie@example.com")).to_be_visible()
    assert others.trainer == dora


def kept_of(page: Page) -> set[str]:
    """Return the names of the databases on the device."""
    return set(page.evaluate("indexedDB.databases().then(all => all.map(({ name }) => name))"))


def test_sign_out_while_impersonating_deletes_the_own_data(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    desk.goto(f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(desk.get_by_text("You are viewing as Bob Tester")).to_be_visible()
    desk.wait_for_load_state("networkidle")  # the browser complains about requests that are refused

    navigation(desk).get_by_role("button", name="Sign out").click()

    expect(desk.get_by_role("button", name="Sign in")).to_be_visible()
    wait_until(desk, lambda: kept_of(desk) == set())


@pytest.mark.complains(r"status of 404")
def test_conversation_of_the_last_person_is_not_shown_to_the_next(
    desk: Page, alice: User, bob: User, dora: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    sign_out(desk)
    fill_sign_in(desk, dora)
    expect(navigation(desk)).to_be_visible()

    desk.goto(path_of(conversation))

    expect(
        desk.get_by_text(re.compile("has ended|nothing here|nothing to read")).first
    ).to_be_visible()
    expect(messages(desk)).to_have_count(0)
    expect(desk.get_by_text("Bob Tester")).to_have_count(0)


@pytest.mark.complains(r"status of 401")
def test_request_of_the_last_person_is_not_retried_as_the_next(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    """A 401 for the last person's request arrives late, when the refresh cookie is the next person's."""
    open_thread(desk, bob, conversation)
    hold = Hold(desk, "**/send/")
    sent: list[str] = []
    write(desk, "of Bob alone")
    expect_tick(desk, "of Bob alone", "Sending")
    navigation(desk).get_by_role("button", name="Sign out").click()
    desk.get_by_role("button", name="Sign out and delete").click()
    # Until the server answers, the confirmation dialog covers the page.
    expect(desk.get_by_role("dialog")).to_have_count(0)
    fill_sign_in(desk, alice)
    expect(conversations(desk)).to_have_count(1)
    desk.on("request", lambda request: sent.append(request.url))

    hold.answer(status=401, json={"detail": "Token is expired.", "code": "token_not_valid"})

    conversations(desk).first.click()
    write(desk, "from Alice")
    expect_tick(desk, "from Alice", "Sent")
    assert len([url for url in sent if url.endswith("/send/")]) == 1
    expect(messages(desk)).to_have_count(2)


@pytest.mark.complains(r"status of 401")  # other requests of the page are under way too
def test_late_refresh_response_after_signing_out_signs_nobody_in(
    desk: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    me = Person(server, tokens_of(bob)).get("auth/users/me/").json()
    sign_in(desk, bob)
    hold = Hold(desk, "**/auth/users/me/")
    desk.goto("/settings")
    hold.wait()  # a request that the page has not made yet when it signs out is never made
    desk.get_by_role("button", name="Sign out", exact=True).click()
    expect(desk.get_by_role("button", name="Sign in")).to_be_visible()

    hold.answer(json=me)

    fill_sign_in(desk, bob)
    expect(message(desk, "Hello")).to_be_visible()
    desk.reload()
    expect(message(desk, "Hello")).to_be_visible()


def test_same_person_signing_in_again_keeps_their_draft(
    desk: Page, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, bob, conversation)
    desk.wait_for_load_state("networkidle")  # the browser complains about requests that are refused
    navigation(desk).get_by_role("button", name="Sign out").click()
    fill_sign_in(desk, bob)
    expect(message(desk, "Hello")).to_be_visible()
    composer(desk).fill("a draft")

    desk.reload()

    expect(composer(desk)).to_have_value("a draft")


def test_late_sign_out_event_does_not_affect_the_next_session(
    desk: Page, bob: User, conversation: Conversation
) -> None:
    """
    A tab that was frozen during a sign-out and a sign-in gets the events of both when it resumes.

    The test simulates this by sending the first event again.
    """
    open_thread(desk, bob, conversation)
    other = desk.context.new_page()
    sign_in_kept(other)
    for page in (desk, other):
        page.wait_for_load_state("networkidle")  # as above
    navigation(desk).get_by_role("button", name="Sign out").click()
    fill_sign_in(desk, bob)
    expect(message(desk, "Hello")).to_be_visible()
    expect(navigation(other)).to_be_visible()
    composer(desk).fill("a draft")

    desk.evaluate("new BroadcastChannel('session').postMessage({ type: 'signed-out', signIn: 1 })")

    other.reload()
    expect(navigation(other)).to_be_visible()
    desk.reload()
    expect(composer(desk)).to_have_value("a draft")


@pytest.mark.complains(r"status of 401")
def test_session_ended_elsewhere_redirects_to_the_sign_in(
    desk: Page, server: WebServer, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    body = {"current_password": "correct-horse-battery-1", "new_password": "another-horse-42"}

    changed = Person(server, tokens_of(alice)).post("auth/users/set_password/", **body)

    assert changed.status_code == 204
    expect(desk.get_by_text("Your session has ended.")).to_be_visible()
    expect(desk.get_by_text("Hello")).to_have_count(0)
    fill_sign_in(desk, alice, "another-horse-42")
    expect(message(desk, "Hello")).to_be_visible()


def test_sign_in_survives_a_browser_restart(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    page = open_device(fresh=True)
    sign_in_by_form(page, alice)
    expect(conversations(page)).to_have_count(1)
    state = page.context.storage_state()
    page.context.close()

    again = open_device(storage_state=state)
    again.goto("/messages")

    expect(conversations(again)).to_have_count(1)


@pytest.mark.complains(r"status of 401")  # for a request that was under way in the first tab
def test_sign_in_of_another_person_in_another_tab_replaces_the_first_tab(
    desk: Page, alice: User, bob: User, dora: User, conversation: Conversation
) -> None:
    """The cookie is the new person's now: no request may continue in the name of the previous one."""
    open_thread(desk, alice, conversation)
    other = desk.context.new_page()
    sign_in_kept(other)
    sign_out(other)
    make_trainee("erin", dora)

    fill_sign_in(other, dora)
    expect(navigation(other)).to_be_visible()

    expect(navigation(desk)).to_be_visible()
    expect(desk.get_by_text("Bob Tester")).to_have_count(0)
    desk.goto("/settings")
    expect(desk.get_by_text("dora@example.com")).to_be_visible()
