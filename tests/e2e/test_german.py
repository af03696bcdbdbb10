"""A whole story in German: no text of the client is left in English."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import DESK, PHONE, OpenDevice
from tests.e2e.german import SHOWN, english_among
from tests.e2e.screens import message
from tests.factories import PASSWORD
from users.models import User


def expect_german(page: Page) -> None:
    """Fail if the page shows a text of the English files."""
    expect(page.locator("html")).to_have_attribute("lang", "de")
    shown = page.evaluate(SHOWN)

    assert english_among(shown) == []
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


@pytest.mark.complains(r"status of 40[14]")
@pytest.mark.parametrize("held", [DESK, PHONE], ids=["desk", "phone"])
def test_trainers_story_is_in_german(
    open_device: OpenDevice,
    alice: User,
    conversation: Conversation,
    held: dict[str, object],
) -> None:
    page = open_device(locale="de-DE", **held)

    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Willkommen zurück")).to_be_visible()
    expect_german(page)
    page.get_by_label("E-Mail").fill(alice.email)
    page.get_by_label("Passwort", exact=True).fill("wrong")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_text("E-Mail-Adresse oder Passwort ist falsch")).to_be_visible()
    expect_german(page)

    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", name="Nachrichten").first).to_be_visible()
    expect(page.get_by_text("Gerade eben").first).to_be_visible()
    expect_german(page)

    page.get_by_role("link", name="Bob Tester").first.click()
    page.get_by_role("textbox", name="Nachricht").fill("Bis morgen!")
    page.get_by_role("button", name="Senden").click()
    expect(message(page, "Bis morgen!").get_by_role("img", name="Gesendet")).to_be_visible()
    expect(page.get_by_role("heading", name="Heute")).to_be_visible()
    expect_german(page)

    for path, heading in (
        ("/trainees", "Betreute"),
        ("/invitations", "Einladungen"),
        ("/messages/archived", "Archiviert"),
        ("/nowhere", "Seite nicht gefunden"),
        ("/settings", "Einstellungen"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        expect(page.locator("[class*=skeleton]")).to_have_count(0)
        expect_german(page)

    page.get_by_role("button", name="Abmelden").locator("visible=true").first.click()
    expect(page.get_by_role("heading", name="Willkommen zurück")).to_be_visible()
    expect_german(page)


def test_invitation_is_sent_in_german(open_device: OpenDevice, alice: User) -> None:
    page = open_device(locale="de-DE")
    page.goto("/sign-in?next=/invitations")
    page.get_by_label("E-Mail").fill(alice.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()

    expect(page.get_by_role("heading", name="Einladungen", exact=True)).to_be_visible()
    page.get_by_label("E-Mail").fill("erin@example.com")
    page.get_by_role("button", name="Einladung senden").click()

    expect(page.get_by_text("Einladung an erin@example.com gesendet.")).to_be_visible()
    expect_german(page)


def test_language_is_chosen_in_the_settings_and_follows_the_account(
    open_device: OpenDevice, alice: User
) -> None:
    page = open_device()
    page.goto("/sign-in?next=/settings")
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_label("Deutsch").check()

    expect(page.get_by_role("heading", name="Sprache")).to_be_visible()
    expect_german(page)
    other = open_device()
    other.goto("/sign-in?next=/settings")
    other.get_by_label("Email").fill(alice.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Sprache")).to_be_visible()
    other.get_by_label("Wie dieses Gerät").check()
    expect(other.get_by_role("heading", name="Language")).to_be_visible()
