"""A trainee joins: the trainer's open pages show it at once, and the trainee can write first."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.screens import (
    composer,
    conversations,
    expect_texts,
    expect_unread,
    navigation,
    sign_in,
    write,
)
from tests.factories import PASSWORD, make_trainee
from trainer.codes import make_code
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee, withdraw_invitation
from trainer.services.joining import accept_invitation
from trainer.services.trainees import remove_trainee
from users.models import User

ERIN: dict[str, Any] = {"password": PASSWORD, "first_name": "Erin", "last_name": "Evans"}


@pytest.fixture
def invitation(alice: User) -> Invitation:
    return invite_trainee(trainer=alice, email="erin@example.com", message="Join us!\nAlice")[0]


def path_of(invitation: Invitation) -> str:
    return f"/join#code={make_code(invitation)}"


def join(page: Page, invitation: Invitation, *, first_name: str = "Erin") -> None:
    """Accept an invitation as a person without an account on this device."""
    page.goto(path_of(invitation))
    fill(page, first_name)


def fill(page: Page, first_name: str = "Erin") -> None:
    page.get_by_label("First name").fill(first_name)
    page.get_by_label("Last name").fill("Evans")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()


def expect_events(page: Page, texts: list[str]) -> None:
    """Wait until the thread has exactly these lines that nobody wrote."""
    expect(page.locator(".event-text")).to_have_text(texts)


def test_join_page_shows_who_invites(phone: Page, invitation: Invitation) -> None:
    phone.goto(path_of(invitation))

    expect(phone.get_by_role("heading", name="Alice Tester has invited you")).to_be_visible()
    expect(phone.get_by_text("From Alice Fitness")).to_be_visible()
    expect(phone.get_by_text("Join us!")).to_be_visible()
    expect(phone.get_by_text("You’ll sign in with erin@example.com.")).to_be_visible()


def test_trainee_who_joins_writes_first(
    desk: Page, phone: Page, alice: User, invitation: Invitation
) -> None:
    sign_in(desk, alice)
    expect(desk.get_by_text("No conversations")).to_be_visible()

    join(phone, invitation)

    row = conversations(desk).first
    expect(row).to_contain_text("Erin Evans")
    expect(row).to_contain_text("Erin has joined")
    expect_unread(desk, "1")
    expect_events(phone, ["You have joined"])
    expect(phone.get_by_text("Say hello to Alice")).to_be_visible()
    write(phone, "Hello Alice")
    expect(phone.get_by_text("Say hello to Alice")).to_have_count(0)
    expect(row).to_contain_text("Hello Alice")
    row.click()
    expect_events(desk, ["Erin has joined"])
    expect_texts(desk, ["Hello Alice"])
    expect_unread(desk, None)


def test_open_list_of_invitations_moves_at_once(
    desk: Page, phone: Page, alice: User, invitation: Invitation
) -> None:
    invite_trainee(trainer=alice, email="fred@example.com")
    sign_in(desk, alice, "/invitations")
    expect(desk.get_by_text("Pending")).to_have_count(2)

    join(phone, invitation)

    expect(desk.get_by_role("listitem").filter(has_text="erin@example.com")).to_contain_text(
        "Joined"
    )
    expect(desk.get_by_text("Pending")).to_have_count(1)
    expect_unread(desk, "1")


def test_open_list_of_trainees_moves_at_once(
    desk: Page, phone: Page, alice: User, bob: User, invitation: Invitation
) -> None:
    sign_in(desk, alice, "/trainees")
    expect(desk.get_by_role("link", name="Bob Tester", exact=True)).to_be_visible()

    join(phone, invitation)

    expect(desk.get_by_role("link", name="Erin Evans", exact=True)).to_be_visible()
    expect(desk.get_by_text("2 trainees").last).to_be_visible()


def test_list_of_trainees_from_before_shows_who_has_joined_since(
    desk: Page, phone: Page, alice: User, bob: User, invitation: Invitation
) -> None:
    sign_in(desk, alice, "/trainees")
    expect(desk.get_by_role("link", name="Bob Tester", exact=True)).to_be_visible()
    navigation(desk).get_by_role("link", name="Messages").click()

    join(phone, invitation)

    expect(conversations(desk).first).to_contain_text("Erin has joined")
    navigation(desk).get_by_role("link", name="Trainees").click()
    expect(desk.get_by_role("link", name="Erin Evans", exact=True)).to_be_visible()


def test_trainee_who_returns_finds_the_old_messages(
    phone: Page, alice: User, invitation: Invitation
) -> None:
    erin = accept_invitation(code=make_code(invitation), **ERIN).user
    remove_trainee(trainer=alice, trainee_id=erin.pk)
    again, _ = invite_trainee(trainer=alice, email=erin.email)

    join(phone, again, first_name="Other")

    expect(composer(phone)).to_be_editable()
    expect_events(phone, ["You have joined", "You have joined"])


def expire(invitation: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))


def withdraw(invitation: Invitation) -> None:
    withdraw_invitation(trainer=invitation.trainer, invitation_id=invitation.pk)


def accept(invitation: Invitation) -> None:
    accept_invitation(code=make_code(invitation), **ERIN)


def forget(invitation: Invitation) -> None:
    invitation.delete()


@pytest.mark.complains(r"status of 400")
@pytest.mark.parametrize(
    ("end", "heading"),
    [
        (expire, "This invitation has expired"),
        (withdraw, "This invitation was withdrawn"),
        (accept, "This invitation has been used"),
        (forget, "This link doesn’t work"),
    ],
)
def test_dead_link_has_its_own_page(
    phone: Page, invitation: Invitation, end: object, heading: str
) -> None:
    path = path_of(invitation)
    assert callable(end)
    end(invitation)

    phone.goto(path)

    expect(phone.get_by_role("heading", name=heading)).to_be_visible()
    expect(phone.get_by_text("Alice")).to_have_count(0)
    expect(phone.get_by_label("Password")).to_have_count(0)
    expect(phone.get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.complains(r"status of 400")
def test_invitation_that_ends_while_the_page_is_open_says_so(
    phone: Page, invitation: Invitation
) -> None:
    phone.goto(path_of(invitation))
    expect(phone.get_by_label("First name")).to_be_visible()
    withdraw(invitation)

    fill(phone)

    expect(phone.get_by_role("heading", name="This invitation was withdrawn")).to_be_visible()


def test_qr_code_is_white_in_the_dark_and_the_link_can_be_copied(
    open_device: OpenDevice, alice: User, invitation: Invitation
) -> None:
    desk = open_device(color_scheme="dark")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(desk, alice, "/invitations")

    desk.get_by_role("button", name="Show the QR code for erin@example.com").click()

    dialog = desk.get_by_role("dialog", name="Invitation for erin@example.com")
    picture = dialog.get_by_role("img", name="QR code with the invitation link")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    assert picture.evaluate("image => getComputedStyle(image).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    dialog.get_by_role("button", name="Copy link").click()
    link = path_of(invitation)
    wait_until(desk, lambda: desk.evaluate("navigator.clipboard.readText()").endswith(link))
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.complains(r"status of 404")
def test_qr_code_of_an_invitation_that_has_just_been_used_says_so(
    desk: Page, alice: User, invitation: Invitation
) -> None:
    sign_in(desk, alice, "/invitations")
    expect(desk.get_by_text("Pending")).to_be_visible()
    Invitation.objects.update(accepted_at=timezone.now())

    desk.get_by_role("button", name="Show the QR code for erin@example.com").click()

    expect(desk.get_by_role("dialog").get_by_role("alert")).to_contain_text(
        "You have no pending invitation like this."
    )


def test_former_trainee_joins_with_the_old_password(
    desk: Page, phone: Page, alice: User, invitation: Invitation
) -> None:
    make_trainee("erin", None)
    sign_in(desk, alice)

    join(phone, invitation, first_name="Other")

    expect(conversations(desk).first).to_contain_text("Erin Tester")
    expect_events(phone, ["You have joined"])
