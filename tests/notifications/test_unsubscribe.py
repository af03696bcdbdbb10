"""The link that stops emails about unread messages, in the email and in its List-Unsubscribe header."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.signing import Signer
from django.db.models import F
from django.test import Client as Browser
from django.utils.crypto import salted_hmac

from config.logs import redact
from messaging.models import Conversation, Message
from notifications.models import NotificationPreferences
from notifications.selectors import get_email_preferences
from notifications.services.mailing import mail_unread
from notifications.services.preferences import choose_unread_email
from notifications.unsubscribe_links import make_unsubscribe_link
from users.models import User
from users.services.accounts import deactivate_user

pytestmark = pytest.mark.django_db

ASKED = "Stop emails about unread messages?"
DONE = "You will not get these emails any more"
INVALID = "This link is not valid"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def browser() -> Browser:
    return Browser(enforce_csrf_checks=True)


def path_of(user: User) -> str:
    link = make_unsubscribe_link(user.pk)
    return link[link.index("/unsubscribe/") :]


def choice_of(user: User) -> str:
    return get_email_preferences(user).unread_messages


def test_post_turns_emails_off_for_this_person_only(
    browser: Browser, alice: User, bob: User
) -> None:
    response = browser.post(path_of(bob), ONE_CLICK)

    assert response.status_code == 200
    assert DONE in response.content.decode()
    assert (choice_of(bob), choice_of(alice)) == ("off", "day")


def test_get_asks_and_changes_nothing(browser: Browser, bob: User) -> None:
    response = browser.get(path_of(bob))
    head = browser.head(path_of(bob))

    assert (response.status_code, head.status_code) == (200, 200)
    assert ASKED in response.content.decode()
    assert "bob" not in response.content.decode().lower()
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert not NotificationPreferences.objects.exists()


def test_page_speaks_the_language_of_the_account_else_of_the_browser(
    browser: Browser, alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(language="de")

    chosen = browser.get(path_of(bob)).content.decode()
    german = browser.get(path_of(alice), headers={"accept-language": "de"}).content.decode()
    english = browser.get(path_of(alice)).content.decode()

    assert "Keine E-Mails über ungelesene Nachrichten mehr?" in chosen
    assert "Keine E-Mails über ungelesene Nachrichten mehr?" in german
    assert ASKED in english


def test_link_of_the_email_works_again_and_after_a_new_password(
    browser: Browser, conversation: Conversation, bob: User
) -> None:
    Message.objects.update(created_at=F("created_at") - timedelta(days=2))
    mail_unread(user_id=bob.pk)
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    bob.set_password("another-password-1")
    bob.save()

    first = browser.post(link, ONE_CLICK)
    second = browser.post(link)

    assert (first.status_code, second.status_code) == (200, 200)
    assert choice_of(bob) == "off"


def test_link_keeps_working_after_emails_were_turned_on_again(browser: Browser, bob: User) -> None:
    browser.post(path_of(bob))
    choose_unread_email(user=bob, wait="hour")

    browser.post(path_of(bob))

    assert choice_of(bob) == "off"


def test_other_preferences_stay(browser: Browser, bob: User) -> None:
    NotificationPreferences.objects.create(user=bob, churn_alert=False, unread_email="hour")

    browser.post(path_of(bob))

    row = NotificationPreferences.objects.get()
    assert (row.unread_email, row.churn_alert, row.new_message) == ("off", False, True)


@pytest.mark.parametrize("method", ["get", "post"])
def test_link_that_was_not_made_here_is_refused(browser: Browser, bob: User, method: str) -> None:
    token = path_of(bob).partition("=")[2]
    others = salted_hmac("another", str(bob.pk)).hexdigest()
    for tried in (
        "",
        "1",
        f"{bob.pk}~",
        f"{bob.pk}~{others}",
        f"{bob.pk + 1}~{token[2:]}",
        "\0",
        "x~é",
    ):
        response = getattr(browser, method)("/unsubscribe/", query_params={"token": tried})
        assert response.status_code == 404
        assert INVALID in response.content.decode()

    assert not NotificationPreferences.objects.exists()


def test_signature_of_another_kind_of_link_is_refused(browser: Browser, bob: User) -> None:
    token = Signer(salt="privacy.export", sep="~").sign(str(bob.pk))

    assert browser.post("/unsubscribe/", query_params={"token": token}).status_code == 404


def test_deleted_and_deactivated_accounts_get_the_same_answer(browser: Browser, bob: User) -> None:
    path = path_of(bob)
    deactivate_user(user=bob)
    deactivated = browser.post(path)
    bob.delete()
    deleted = browser.post(path)

    assert deactivated.status_code == deleted.status_code == 200
    assert DONE in deleted.content.decode()
    assert not NotificationPreferences.objects.exists()


def test_other_methods_are_refused(browser: Browser, bob: User) -> None:
    assert browser.put(path_of(bob)).status_code == 405


def test_token_is_masked_in_the_log(bob: User) -> None:
    line = redact(f'"GET {path_of(bob)} HTTP/1.1" 200')

    assert "token=[redacted]" in line
    assert "~" not in line
