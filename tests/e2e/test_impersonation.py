"""Looking through a trainee's eyes: everything readable, nothing writable, nothing marked."""

import re

import pytest
from playwright.sync_api import Page, WebSocket, expect

from messaging.models import Conversation
from tests.e2e.screens import (
    composer,
    expect_tick,
    expect_unread,
    message,
    navigation,
    open_thread,
    sign_in,
)
from tests.factories import tokens_of
from tests.live.people import Person
from tests.live.server import WebServer
from users.models import AuthSession, User

BANNER = re.compile("You are viewing as Bob Tester. You can.t change anything.")


@pytest.fixture
def look(desk: Page, alice: User, bob: User, conversation: Conversation) -> Page:
    """Alice, looking through Bob's eyes at what she has written to him."""
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(desk.get_by_text(BANNER)).to_be_visible()
    return desk


def test_banner_stands_over_every_page_and_the_thread_can_be_read(look: Page) -> None:
    expect(message(look, "Hello")).to_be_visible()
    expect(look.get_by_text(BANNER)).to_be_visible()
    expect(composer(look)).to_have_count(0)

    navigation(look).get_by_role("link", name="Settings").click()

    expect(look.get_by_text(BANNER)).to_be_visible()
    expect(look.get_by_text("Settings are read-only")).to_be_visible()
    expect(look.get_by_role("button", name="Save profile")).to_have_count(0)


def test_nothing_is_marked_as_read_and_nothing_is_sent(
    desk: Page, look: Page, phone: Page, server: WebServer, alice: User, conversation: Conversation
) -> None:
    frames: list[str | bytes] = []

    def note(frame: str | bytes) -> None:
        frames.append(frame)

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", note)

    desk.on("websocket", watch)
    open_thread(phone, alice, conversation)
    look.reload()
    expect(message(look, "Hello")).to_be_visible()
    Person(server, tokens_of(alice)).send(conversation.pk, "Are you there?")
    expect(message(look, "Are you there?")).to_be_visible()

    expect_tick(phone, "Are you there?", "Sent")
    expect_tick(phone, "Hello", "Sent")
    expect_unread(look, "2")
    assert frames
    assert not [frame for frame in frames if "read" in str(frame) or "typing" in str(frame)]
    assert conversation.messages.filter(read_at=None).count() == 2


def test_ending_the_look_returns_to_the_trainee_and_kills_its_tokens(
    look: Page, alice: User, bob: User
) -> None:
    look.get_by_role("button", name="End").click()

    expect(look.get_by_text(BANNER)).to_have_count(0)
    expect(look).to_have_url(f"/trainees/{bob.pk}")
    expect(look.get_by_role("heading", name="Bob Tester")).to_be_visible()
    assert look.evaluate("Object.keys(sessionStorage)") == []
    session = AuthSession.objects.get(impersonator=alice)
    assert session.ended_at is not None


def test_look_keeps_nothing_on_the_device(look: Page, alice: User, bob: User) -> None:
    expect(message(look, "Hello")).to_be_visible()

    names = look.evaluate("indexedDB.databases().then(all => all.map(({ name }) => name))")

    assert f"messaging-{bob.pk}" not in names
    assert "Bob" not in look.evaluate("JSON.stringify(localStorage)")


def test_other_tabs_stay_the_trainers_own(look: Page, alice: User) -> None:
    other = look.context.new_page()

    other.goto("/settings")

    expect(other.get_by_text("alice@example.com")).to_be_visible()
    expect(other.get_by_text(BANNER)).to_have_count(0)


def test_look_lasts_over_a_reload(look: Page) -> None:
    look.reload()

    expect(look.get_by_text(BANNER)).to_be_visible()
    expect(message(look, "Hello")).to_be_visible()


@pytest.mark.complains(r"status of 429")
def test_look_that_is_asked_to_slow_down_goes_on(look: Page) -> None:
    refusal = {"detail": "Too fast.", "code": "throttled"}
    headers = {"Retry-After": "1"}
    look.route(
        "**/auth/users/me/",
        lambda route: route.fulfill(status=429, json=refusal, headers=headers),
        times=1,
    )

    with look.expect_response(lambda response: response.status == 429):
        look.reload()

    expect(message(look, "Hello")).to_be_visible()


@pytest.mark.complains(r"status of 401")
def test_look_that_is_ended_elsewhere_returns_to_the_trainers_own_account(
    look: Page, alice: User, server: WebServer
) -> None:
    expect(message(look, "Hello")).to_be_visible()
    session = AuthSession.objects.get(impersonator=alice)
    AuthSession.objects.filter(pk=session.pk).update(expires_at=session.created_at)

    look.reload()

    expect(look.get_by_text(BANNER)).to_have_count(0)
    expect(navigation(look).get_by_role("link", name="Trainees")).to_be_visible()
