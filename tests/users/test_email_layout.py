"""E-mails are HTML and plain text, which say the same."""

import re
from email import message_from_string
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings
from django.utils.translation import override

from tests.media.pictures import draw
from tests.users.post import wait_for_mail
from trainer.services.invitations import invite_trainee
from users.email_layout import Paragraph, Quote, lay_out
from users.mailer import send_email
from users.models import User
from users.services.accounts import ProfileChange, send_password_reset, update_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def types_of(message: Message) -> Any:
    """Return the content type of a MIME message or, if it has parts, [type, parts...]."""
    if not message.is_multipart():
        return message.get_content_type()
    return [message.get_content_type(), *(types_of(each) for each in message.get_payload())]  # type: ignore[arg-type]


def sent() -> EmailMultiAlternatives:
    message = wait_for_mail()
    assert isinstance(message, EmailMultiAlternatives)
    return message


def html_of(message: EmailMultiAlternatives) -> str:
    (alternative,) = message.alternatives
    return str(alternative[0])


def test_reset_is_mailed_as_text_and_html(bob: User) -> None:
    send_password_reset(email=bob.email)

    message = sent()
    mime = message_from_string(message.message().as_string(), policy=default)
    assert types_of(mime) == ["multipart/alternative", "text/plain", "text/html"]
    link = str(message.body).split("\n\n")[2]
    assert message.body == (
        "Someone (probably you) asked to reset your password.\n\n"
        f"To choose a new password, open this link:\n\n{link}\n\n"
        "If this was not you, you can ignore this email. Your password will not change.\n"
    )
    html = html_of(message)
    assert html.count(f'href="{link.replace("&", "&amp;")}"') == 2
    assert "Your password will not change." in html


@pytest.mark.usefixtures("media")
def test_invitation_shows_who_invites(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(business_name="Iron Gym")
    alice.refresh_from_db()
    update_profile(user=alice, change=ProfileChange(picture=draw("JPEG")))
    invite_trainee(trainer=alice, email="eve@example.com", message="Hello <b>Eve</b>\nJoin us!")

    message = sent()

    assert message.subject == "Alice Tester has invited you to train with them"
    sentence = "Alice Tester has invited you to train with them."
    text = f"Alice Tester\nIron Gym\n\n{sentence}\n\nHello <b>Eve</b>\nJoin us!\n\nTo accept"
    assert str(message.body).startswith(text)
    html = html_of(message)
    assert sentence in html
    assert ">Iron Gym</div>" in html
    assert "Hello &lt;b&gt;Eve&lt;/b&gt;<br>Join us!" in html
    assert '<img src="cid:picture"' in html
    mime = message_from_string(message.message().as_string(), policy=default)
    alternative = ["multipart/alternative", "text/plain", "text/html"]
    assert types_of(mime) == ["multipart/related", alternative, "image/jpeg"]
    picture = list(mime.walk())[-1]
    assert picture["Content-ID"] == "<picture>"
    assert picture.get_payload(decode=True) == alice.profile_image.read()


def test_trainer_without_a_picture_is_shown_by_initials(alice: User) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")

    html = html_of(sent())

    assert ">AT</div>" in html
    assert "<img" not in html


def test_trainer_without_names_is_shown_by_the_address(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(first_name="", last_name="")
    alice.refresh_from_db()
    invite_trainee(trainer=alice, email="eve@example.com")

    message = sent()

    assert message.subject == "alice@example.com has invited you to train with them"
    assert ">A</div>" in html_of(message)
    assert ">alice@example.com</div>" in html_of(message)


@pytest.mark.usefixtures("media")
def test_missing_file_of_a_picture_does_not_keep_the_email_back(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(profile_image="pictures/gone.jpg")
    alice.refresh_from_db()
    invite_trainee(trainer=alice, email="eve@example.com")

    assert ">AT</div>" in html_of(sent())


@pytest.mark.usefixtures("media")
def test_html_loads_nothing_from_a_server(alice: User) -> None:
    update_profile(user=alice, change=ProfileChange(picture=draw("JPEG")))
    invite_trainee(trainer=alice, email="eve@example.com")

    html = html_of(sent())

    assert re.findall(r'src="([^"]*)"', html) == ["cid:picture"]
    assert not re.search(r"url\(|@import|<link|<script|<iframe", html)


def test_layout_follows_the_direction_of_the_language() -> None:
    with override("ar"):
        arabic = lay_out(subject="x", blocks=[Paragraph("y")])
    english = lay_out(subject="x", blocks=[Quote("a <b>\nc")])

    assert '<html lang="ar" dir="rtl">' in arabic.html
    assert '<html lang="en" dir="ltr">' in english.html
    assert (english.text, "a &lt;b&gt;<br>c" in english.html) == ("a <b>\nc\n", True)


@override_settings(DEFAULT_FROM_EMAIL="Gym <gym@example.com>")
def test_headers_of_an_email_are_sent() -> None:
    email = lay_out(subject="Subject", blocks=[Paragraph("Text")])

    send_email(to="eve@example.com", email=email, headers={"List-Unsubscribe": "<https://x>"})

    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Subject", ["eve@example.com"])
    assert message.from_email == "Gym <gym@example.com>"
    assert message.extra_headers == {"List-Unsubscribe": "<https://x>"}
