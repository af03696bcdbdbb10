"""E-mailed links rewritten by a mail service, such as Outlook's Safe Links."""

import re
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.devices import wait_for_worker, wait_until
from tests.e2e.screens import fill_sign_in, navigation, sign_in
from tests.system.server import WebServer
from tests.users.post import link_in, wait_for_mail
from trainer.services.invitations import invite_trainee
from users.models import User
from users.services.accounts import send_password_reset

REWRITTEN = ["%23", "%2523", "?"]


@pytest.fixture
def invitation(alice: User) -> str:
    """The path of an invitation link, as e-mailed."""
    invite_trainee(trainer=alice, email="eve@example.com")
    return path_of_mailed_link()


@pytest.fixture
def reset(bob: User) -> str:
    """The path of a password reset link, as e-mailed."""
    send_password_reset(email=bob.email)
    return path_of_mailed_link()


def path_of_mailed_link() -> str:
    link = urlsplit(link_in(wait_for_mail()))
    return f"{link.path}#{link.fragment}"


def join(page: Page) -> None:
    page.get_by_label("First name").fill("Eve")
    page.get_by_label("Last name").fill("Evans")
    page.get_by_label("Password", exact=True).fill("correct-horse-battery-1")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Say hello to Alice")).to_be_visible()


@pytest.mark.parametrize("sign", REWRITTEN)
def test_invited_person_joins_by_a_rewritten_link(
    phone: Page, alice: User, invitation: str, sign: str
) -> None:
    phone.goto(invitation.replace("#", sign))

    expect(phone.get_by_role("heading", name="Alice Tester has invited you")).to_be_visible()
    expect(phone).to_have_url(invitation)
    join(phone)
    expect(phone).to_have_url(re.compile(r"/messages/\d+$"))
    assert User.objects.get(email="eve@example.com").parent_trainer == alice


@pytest.mark.parametrize("sign", REWRITTEN)
def test_forgotten_password_is_set_by_a_rewritten_link(
    phone: Page, bob: User, reset: str, sign: str
) -> None:
    phone.goto(reset.replace("#", sign))
    phone.get_by_label("New password", exact=True).fill("another-horse-42")
    phone.get_by_role("button", name="Set password").click()

    expect(phone.get_by_text("Your new password is set.")).to_be_visible()
    fill_sign_in(phone, bob, "another-horse-42")
    expect(navigation(phone)).to_be_visible()


def test_rewritten_link_opens_while_another_user_is_signed_in(
    desk: Page, dora: User, invitation: str
) -> None:
    sign_in(desk, dora)
    expect(navigation(desk)).to_be_visible()

    desk.goto(invitation.replace("#", "%23"))

    join(desk)
    assert User.objects.filter(email="eve@example.com").exists()


@pytest.mark.service_worker
@pytest.mark.parametrize("encoded", [False, True])
def test_worker_never_sends_the_secrets_of_a_rewritten_link(
    phone: Page, server: WebServer, invitation: str, encoded: bool
) -> None:
    phone.goto("/sign-in")
    wait_for_worker(phone)
    path, _, fragment = invitation.partition("#")
    before = len(server.log.read_text())

    phone.goto(f"{path}%23{quote(fragment, safe='') if encoded else fragment}")

    expect(phone).to_have_url(invitation)
    join(phone)
    accepted = "POST api/auth/invitations/accept/ 201"
    wait_until(phone, lambda: accepted in server.log.read_text()[before:])
    log = server.log.read_text()
    assert fragment.partition("=")[2] not in log
    # The shell, for the first screen and again for the worker's copy, but not for the rewritten link.
    assert "%23" not in log[before:]


@pytest.mark.service_worker
@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED.*/(healthz|preview/)")
def test_rewritten_link_opens_from_the_cache_without_a_network(
    phone: Page, invitation: str
) -> None:
    phone.goto("/sign-in")
    wait_for_worker(phone)
    phone.context.set_offline(True)

    phone.goto(invitation.replace("#", "%23"))

    expect(phone.get_by_text("You are offline. This will load once")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_role("heading", name="Alice Tester has invited you")).to_be_visible()
    expect(phone.get_by_label("First name")).to_be_visible()
