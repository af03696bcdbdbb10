"""A trainer's and a trainee's way through all screens in German, in any browser."""

from pathlib import Path

from messaging.models import Conversation
from tests.e2e.german import SHOWN, english_among
from tests.e2e.webdriver.actions import TEXT, choose, close_dialog, expect_photo, open_menu
from tests.e2e.webdriver.tabs import DrivenTab
from tests.factories import PASSWORD
from tests.system.people import Person
from trainer.codes import make_code
from trainer.models import Invitation
from users.models import User


def expect_german(tab: DrivenTab) -> None:
    """Fail if the page shows a text of the English files."""
    tab.expect("html[lang=de]")
    assert english_among(tab.run(f"({SHOWN})()")) == []


def look_at(tab: DrivenTab, css: str, text: str = "") -> None:
    """Wait for an element, and expect no English text beside it."""
    tab.expect(css, text)
    tab.expect_none("[class*=skeleton]")
    expect_german(tab)


def fill_sign_in(tab: DrivenTab, person: User) -> None:
    tab.write("input[type=email]", person.email)
    tab.write("input[type=password]", f"{PASSWORD}\n")


def send_photo(tab: DrivenTab, photo: Path) -> None:
    tab.upload("message-composer input[type=file]", photo)
    look_at(tab, ".photo-strip button")
    tab.write("textarea", "Von heute\n")
    expect_photo(tab)
    look_at(tab, ".tick[aria-label=Gesendet]")
    tab.click(".message .photo")
    look_at(tab, ".viewer")
    close_dialog(tab, ".viewer [autofocus]")


def act_on_messages(tab: DrivenTab) -> None:
    """React to a message, reply to it, and edit and delete the reply."""
    open_menu(tab, "Bis morgen")
    look_at(tab, ".menu-entry.reply", "Antworten")
    tab.click(".menu-reaction[aria-haspopup]")
    look_at(tab, ".emoji-picker h3", "Essen und Trinken")
    tab.click(".emoji-picker .emoji", "😃")
    look_at(tab, ".reaction", "😃")
    choose(tab, "Bis morgen", "reply")
    look_at(tab, ".composer-mode")
    tab.write("textarea", "Bis dann\n")
    look_at(tab, ".message", "Bis dann")
    choose(tab, "Bis dann", "edit")
    look_at(tab, ".composer-mode", "Nachricht bearbeiten")
    tab.write("textarea", "!\n")
    look_at(tab, ".edited", "(bearbeitet)")
    tab.expect_none(".tick[aria-label='Wird gesendet']")
    choose(tab, "Bis dann!", "info")
    look_at(tab, "message-info", "Noch nicht gelesen")
    tab.click("message-info button", "Schließen")
    choose(tab, "Bis dann!", "delete")
    look_at(tab, ".toast button", "Rückgängig")
    look_at(tab, ".message.deleted", "Diese Nachricht wurde gelöscht")


def search(tab: DrivenTab) -> None:
    tab.click(".thread-search")
    look_at(tab, "search-dialog", "In der Unterhaltung mit")
    tab.write("search-dialog input[type=search]", "morgen")
    look_at(tab, ".search-option", "Bis morgen")
    close_dialog(tab, "search-dialog input[type=search]")


def pass_screens(tab: DrivenTab, trainee: User) -> None:
    for path, heading in (
        ("/trainees", "Betreute"),
        (f"/trainees/{trainee.pk}", "Bob Tester"),
        ("/messages/archived", "Archiviert"),
        ("/nowhere", "Seite nicht gefunden"),
        ("/settings", "Einstellungen"),
        ("/invitations", "Einladungen"),
    ):
        tab.open(path)
        look_at(tab, "h1, h2", heading)
    tab.write("input[type=email]", "erin@example.com\n")
    look_at(tab, ".row", "Ausstehend")
    tab.click(".row button", "QR-Code")
    look_at(tab, "invitation-link img")
    close_dialog(tab, "invitation-link button")


def join(tab: DrivenTab, invitation: Invitation) -> None:
    tab.open(f"/join#code={make_code(invitation)}")
    look_at(tab, "h1", "Alice Tester hat dich eingeladen")
    tab.write("input[name=first_name]", "Erin")
    tab.write("input[name=last_name]", "Evans")
    tab.write("input[name=password]", f"{PASSWORD}\n")
    look_at(tab, ".event-text", "Du bist jetzt dabei")
    look_at(tab, "message-history", "Sag Hallo zu Alice")
    tab.write("textarea", "Hallo Alice\n")
    look_at(tab, ".message", "Hallo Alice")


def work_in_german(
    tab: DrivenTab, photo: Path, bobs: Person, bob: User, conversation: Conversation
) -> None:
    """Pass all screens of a trainer, from the list of conversations to the invitations."""
    look_at(tab, ".conversation", "Gerade eben")
    tab.click(".conversation", "Bob Tester")
    bobs.send(conversation.pk, "Bis morgen")
    look_at(tab, TEXT, "Bis morgen")
    send_photo(tab, photo)
    act_on_messages(tab)
    search(tab)
    pass_screens(tab, bob)
