"""A trainee's story in German, from the invitation to the last email."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from notifications.unsubscribe_links import make_unsubscribe_link
from tests.e2e.devices import DESK, PHONE, OpenDevice, wait_for_listener
from tests.e2e.photos import choose, expect_shown, picture
from tests.e2e.screens import message, messages
from tests.e2e.test_german import expect_german
from tests.factories import PASSWORD, make_trainee, open_conversation, write
from trainer.codes import make_code
from trainer.services.invitations import invite_trainee
from users.models import User

pytestmark = pytest.mark.complains(r"status of 4(?:0[0134]|13)", r"ERR_FAILED")


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, open_device: OpenDevice) -> Page:
    return open_device(locale="de-DE", **request.param)


def sign_in(page: Page, person: User, path: str) -> None:
    page.goto(f"/sign-in?next={path}")
    page.get_by_label("E-Mail").fill(person.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("button", name="Anmelden")).to_have_count(0)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def choose_action(page: Page, row: Locator, name: str) -> None:
    open_menu(page, row)
    page.get_by_role("menuitem", name=name, exact=True).click()


def open_menu(page: Page, row: Locator) -> None:
    row.locator(".message-more").dispatch_event("click")
    expect(page.get_by_role("menu")).to_be_visible()


def test_trainee_joins_in_german(page: Page, alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="erin@example.com", message="Los!")
    page.goto("/join#code=wrong")
    expect(page.get_by_text("Dieser Link funktioniert nicht")).to_be_visible()
    expect_german(page)
    page.goto("about:blank")
    page.goto(f"/join#code={make_code(invitation)}")
    expect(page.get_by_role("heading", name="Alice Tester hat dich eingeladen")).to_be_visible()
    expect_german(page)

    page.get_by_label("Vorname").fill("Erin")
    page.get_by_label("Nachname").fill("Evans")
    page.get_by_label("Passwort", exact=True).fill("1")
    button(page, "Beitreten").click()
    expect(page.locator(".field-error").first).to_be_visible()
    expect_german(page)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    button(page, "Beitreten").click()

    expect(page.locator(".event-text")).to_have_text("Du bist jetzt dabei")
    expect_german(page)


@pytest.fixture
def thread(page: Page, alice: User) -> Page:
    """Erin's thread with her trainer."""
    erin = make_trainee("erin", alice, first_name="Erin")
    conversation = open_conversation(alice, erin, "Guten Morgen")
    write(alice, conversation, "Wie war es?")
    sign_in(page, erin, f"/messages/{conversation.pk}")
    expect(message(page, "Wie war es?")).to_be_visible()
    return page


def test_photos_are_in_german(thread: Page) -> None:
    page = thread
    expect_german(page)
    choose(page, b"%PDF-1.7", name="plan.pdf")
    expect(page.get_by_text("„plan.pdf“ ist kein Foto.")).to_be_visible()
    expect_german(page)
    refused = re.compile("/messaging/uploads/")
    page.route(refused, lambda route: route.fulfill(status=413, body="<h1>Too large</h1>"))
    choose(page, picture(), picture(480, 640))
    expect(page.locator(".photo-strip button")).to_have_count(2)
    expect_german(page)
    button(page, "Senden").click()
    expect(button(page, "Erneut versuchen").or_(button(page, "Wiederholen")).first).to_be_visible()
    expect_german(page)
    page.unroute(refused)
    page.locator(".failure button").first.click()
    expect_shown(page, 2)

    page.locator(".message .photo").first.click()
    expect(page.get_by_role("dialog", name="Fotos")).to_be_visible()
    expect_german(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_menu_reactions_and_info_are_in_german(thread: Page) -> None:
    page = thread
    wait_for_actions(page)
    open_menu(page, message(page, "Wie war es?"))
    expect_german(page)
    page.get_by_role("menuitem", name="Weitere Emojis").click()
    expect(page.locator(".emoji-picker")).to_be_visible()
    expect_german(page)
    page.locator(".emoji").nth(2).click()
    expect(page.locator(".reaction")).to_be_visible()
    choose_action(page, message(page, "Guten Morgen"), "Infos")
    expect(page.get_by_role("dialog", name="Info zur Nachricht")).to_be_visible()
    expect_german(page)


def test_replies_edits_and_deletions_are_in_german(thread: Page) -> None:
    page = thread
    wait_for_actions(page)
    choose_action(page, message(page, "Wie war es?"), "Antworten")
    expect(button(page, "Antwort abbrechen")).to_be_visible()
    expect_german(page)
    page.get_by_role("textbox", name="Nachricht").fill("Sehr gut")
    button(page, "Senden").click()
    mine = message(page, "Sehr gut")
    expect(mine.get_by_role("img", name="Gesendet")).to_be_visible()
    choose_action(page, mine, "Bearbeiten")
    page.get_by_role("textbox").fill("Ganz gut")
    expect_german(page)
    button(page, "Speichern").click()
    changed = message(page, "Ganz gut")
    expect(changed.locator(".edited")).to_be_visible()
    expect_german(page)
    choose_action(page, changed, "Löschen")
    button(page, "Rückgängig").click()
    expect(changed).to_be_visible()
    choose_action(page, changed, "Löschen")
    expect(page.get_by_text("Nachricht gelöscht.")).to_be_visible()
    expect_german(page)
    expect(page.locator(".history").get_by_text("Diese Nachricht wurde gelöscht")).to_be_visible()
    expect_german(page)


def wait_for_actions(page: Page) -> None:
    """Wait until the menu of messages can open."""
    wait_for_listener(page, "edit-last")


def test_search_and_dates_are_in_german(page: Page, alice: User) -> None:
    erin = make_trainee("erin", alice, first_name="Erin")
    conversation = open_conversation(alice, erin, "Guten Morgen")
    conversation.messages.update(created_at="2025-02-15T21:41:00Z")
    write(alice, conversation, "Wie war es?")
    sign_in(page, erin, f"/messages/{conversation.pk}")
    expect(messages(page).last).to_be_visible()
    expect(page.get_by_role("heading", name="15. Feb.")).to_be_attached()
    expect_german(page)

    page.locator(".thread-search").click()
    field = page.get_by_role("combobox")
    expect(field).to_be_visible()
    expect_german(page)
    for text, shown in (("G", "mindestens zwei Zeichen"), ("nirgends", "Nichts gefunden")):
        field.fill(text)
        expect(
            page.get_by_text(re.compile(f"{shown}|Keine Nachrichten gefunden")).last
        ).to_be_visible()
        expect_german(page)
    field.fill("Morgen")
    expect(page.get_by_role("option").first).to_be_visible()
    expect_german(page)


def test_emails_are_stopped_in_german(page: Page, alice: User) -> None:
    erin = make_trainee("erin", alice, first_name="Erin")
    sign_in(page, erin, "/settings")
    expect(page.get_by_text("E-Mails über ungelesene Nachrichten")).to_be_attached()
    expect(page.get_by_text("1 Stunde")).to_be_visible()
    expect(page.locator("[class*=skeleton]")).to_have_count(0)
    expect_german(page)

    link = make_unsubscribe_link(erin.pk)
    page.goto(link[link.index("/unsubscribe/") :])
    expect(page.get_by_role("button")).to_be_visible()
    expect_german(page)
    page.get_by_role("button").click()
    expect(page.get_by_role("link")).to_be_visible()
    expect_german(page)
