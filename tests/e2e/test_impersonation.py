"""Impersonation of a trainee: everything can be read, nothing written or marked as read."""

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
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import AuthSession, User

BANNER = re.compile("You are viewing as Bob Tester. You can.t change anything.")


@pytest.fixture
def impersonation(desk: Page, alice: User, bob: User, conversation: Conversation) -> Page:
    """Return a page on which Alice impersonates Bob and reads her own message to him."""
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(desk.get_by_text(BANNER)).to_be_visible()
    return desk


def test_impersonation_shows_its_banner_on_every_page_and_the_thread(impersonation: Page) -> None:
    expect(message(impersonation, "Hello")).to_be_visible()
    expect(impersonation.get_by_text(BANNER)).to_be_visible()
    expect(composer(impersonation)).to_have_count(0)

    navigation(impersonation).get_by_role("link", name="Settings").click()

    expect(impersonation.get_by_text(BANNER)).to_be_visible()
    expect(impersonation.get_by_text("Account settings are hidden")).to_be_visible()
    expect(impersonation.get_by_role("button", name="Save profile")).to_have_count(0)


def test_impersonation_marks_nothing_as_read_and_sends_nothing(
    desk: Page,
    impersonation: Page,
    phone: Page,
    server: WebServer,
    alice: User,
    conversation: Conversation,
) -> None:
    frames: list[str | bytes] = []

    def note(frame: str | bytes) -> None:
        frames.append(frame)

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", note)

    desk.on("websocket", watch)
    open_thread(phone, alice, conversation)
    impersonation.reload()
    expect(message(impersonation, "Hello")).to_be_visible()
    Person(server, tokens_of(alice)).send(conversation.pk, "Are you there?")
    expect(message(impersonation, "Are you there?")).to_be_visible()

    expect_tick(phone, "Are you there?", "Sent")
    expect_tick(phone, "Hello", "Sent")
    expect_unread(impersonation, "2")
    assert frames
    assert not [frame for frame in frames if "read" in str(frame) or "typing" in str(frame)]
    assert conversation.messages.filter(read_at=None).count() == 2


def test_ending_impersonation_returns_to_the_trainee_and_revokes_its_tokens(
    impersonation: Page, alice: User, bob: User
) -> None:
    # A request that is under way when the tokens are revoked gets 401, and the browser complains.
    impersonation.wait_for_load_state("networkidle")
    impersonation.get_by_role("button", name="End").click()

    expect(impersonation.get_by_text(BANNER)).to_have_count(0)
    expect(impersonation).to_have_url(f"/trainees/{bob.pk}")
    expect(impersonation.get_by_role("heading", name="Bob Tester")).to_be_visible()
    assert impersonation.evaluate("Object.keys(sessionStorage)") == []
    session = AuthSession.objects.get(impersonator=alice)
    assert session.ended_at is not None


def test_impersonation_stores_nothing_on_the_device(
    impersonation: Page, alice: User, bob: User
) -> None:
    expect(message(impersonation, "Hello")).to_be_visible()

    names = impersonation.evaluate("indexedDB.databases().then(all => all.map(({ name }) => name))")

    assert f"messaging-{bob.pk}" not in names
    assert "Bob" not in impersonation.evaluate("JSON.stringify(localStorage)")


def test_other_tabs_stay_the_trainers_own(impersonation: Page, alice: User) -> None:
    other = impersonation.context.new_page()

    other.goto("/settings")

    expect(other.get_by_text("alice@example.com")).to_be_visible()
    expect(other.get_by_text(BANNER)).to_have_count(0)


def test_impersonation_survives_a_reload(impersonation: Page) -> None:
    impersonation.reload()

    expect(impersonation.get_by_text(BANNER)).to_be_visible()
    expect(message(impersonation, "Hello")).to_be_visible()


@pytest.mark.complains(r"status of 429")
def test_impersonation_that_is_throttled_continues(impersonation: Page) -> None:
    refusal = {"detail": "Too fast.", "code": "throttled"}
    headers = {"Retry-After": "1"}
    impersonation.route(
        "**/auth/users/me/",
        lambda route: route.fulfill(status=429, json=refusal, headers=headers),
        times=1,
    )

    with impersonation.expect_response(lambda response: response.status == 429):
        impersonation.reload()

    expect(message(impersonation, "Hello")).to_be_visible()


@pytest.mark.complains(r"status of 401")
def test_impersonation_ended_elsewhere_returns_to_the_trainers_own_account(
    impersonation: Page, alice: User, server: WebServer
) -> None:
    expect(message(impersonation, "Hello")).to_be_visible()
    session = AuthSession.objects.get(impersonator=alice)
    AuthSession.objects.filter(pk=session.pk).update(expires_at=session.created_at)

    impersonation.reload()

    expect(impersonation.get_by_text(BANNER)).to_have_count(0)
    expect(navigation(impersonation).get_by_role("link", name="Trainees")).to_be_visible()
