"""The language that a person has chosen, and that of what is composed for them."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import DjangoCaptureOnCommitCallbacks

from api.languages import speak_accepted_language
from messaging.consumers import InboxConsumer
from messaging.models import Conversation
from notifications.contents import get_notification
from notifications.models import DeviceToken
from notifications.selectors import Delivery
from tests.conftest import Client
from tests.factories import PASSWORD, access_of, write
from tests.live.client import Client as Socket
from tests.live.client import finish_tasks, run, scope_of
from tests.users.bodies import me_body
from tests.users.post import wait_for_mail
from users.languages import language_for
from users.models import User

ME = "/api/auth/users/me/"
RESET = "/api/auth/users/reset_password/"
INVITATIONS = "/api/trainer/invitations/"


@pytest.mark.parametrize("path", [ME, "/api/users/me/"])
def test_language_is_chosen_and_given_back_to_the_device(api: Client, bob: User, path: str) -> None:
    chosen = api.as_user(bob).patch(path, {"language": "de"}).json()
    kept = api.patch(path, {"first_name": "Bob"}).json()
    given_back = api.patch(path, {"language": None}).json()

    languages = [each.get("user", each)["language"] for each in (chosen, kept, given_back)]
    assert languages == ["de", "de", None]
    assert api.get(ME).json() == me_body(bob, language=None)


@pytest.mark.parametrize("language", ["xx", "", 1, ["de"], {}, "de\0"])
def test_unknown_language_is_refused(api: Client, bob: User, language: object) -> None:
    refused = api.as_user(bob).patch(ME, {"language": language})

    assert (refused.status_code, list(refused.json())) == (400, ["language"])
    assert me_body(bob)["language"] is None


def test_sign_in_notes_the_language_of_the_device(api: Client, bob: User) -> None:
    body = {"email": bob.email, "password": PASSWORD}
    languages = []
    for accepted in ("de-AT,de", "fr", None):
        headers = {"accept-language": accepted} if accepted else {}
        api.post("/api/auth/jwt/create/", body, headers=headers)
        bob.refresh_from_db()
        languages.append(bob.device_language)

    assert languages == ["de", "en", "en"]


@pytest.mark.parametrize(
    ("own", "request_language", "device", "language"),
    [
        ("de", "en", "en", "de"),
        ("", "de", "en", "de"),
        ("", "", "de", "de"),
        ("", "", "", "en"),
        ("xx", "xx", "xx", "en"),
    ],
)
def test_own_choice_comes_first_then_the_request_then_the_device(
    own: str, request_language: str, device: str, language: str
) -> None:
    user = User(language=own, device_language=device)

    assert language_for(user, request_language) == language
    assert language_for(None, request_language) == (request_language.replace("xx", "") or "en")


@pytest.mark.parametrize(
    ("own", "accepted", "subject"),
    [
        ("", "de", "Setze dein Passwort zurück"),
        ("de", "en", "Setze dein Passwort zurück"),
        ("en", "de", "Reset your password"),
    ],
)
def test_reset_email_is_in_the_language_of_its_recipient_or_else_of_the_request(
    api: Client,
    bob: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    own: str,
    accepted: str,
    subject: str,
) -> None:
    User.objects.filter(pk=bob.pk).update(language=own)

    with django_capture_on_commit_callbacks(execute=True):
        api.post(RESET, {"email": bob.email}, HTTP_ACCEPT_LANGUAGE=accepted)

    assert wait_for_mail().subject == subject


@pytest.mark.parametrize(("own", "words"), [("de", "lädt dich"), ("", "has invited you")])
def test_invitation_is_in_the_language_of_who_invites(
    api: Client,
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    own: str,
    words: str,
) -> None:
    User.objects.filter(pk=alice.pk).update(language=own)

    with django_capture_on_commit_callbacks(execute=True):
        api.as_user(alice).post(INVITATIONS, {"email": "eve@example.com"})

    message = wait_for_mail()
    assert words in message.subject
    assert words in message.body


def test_notification_is_in_the_language_of_its_recipient(
    settings: Any, alice: User, bob: User, conversation: Conversation
) -> None:
    settings.FCM_CREDENTIALS_FILE = "any"
    User.objects.filter(pk=bob.pk).update(device_language="de")
    write(alice, conversation, "Second")
    device = DeviceToken.objects.create(user=bob, platform="ios", token="t")
    delivery = Delivery(conversation.pk, bob.pk, device.pk, 10)

    notification = get_notification(delivery)

    assert notification
    assert notification.body == "2 neue Nachrichten"


def test_api_answers_in_the_accepted_language_and_forgets_it() -> None:
    def respond(request: Any) -> HttpResponse:
        return HttpResponse(gettext("Not found."))

    middleware: Any = speak_accepted_language(respond)
    bodies = [
        middleware(RequestFactory().get("/api/", headers={"accept-language": each})).content
        for each in ("de", "en", "fr")
    ]

    assert bodies == [b"Nicht gefunden.", b"Not found.", b"Not found."]
    assert translation.get_language() == "en"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("own", "accepted"), [("de", b"en"), ("", b"de")])
def test_frames_of_a_socket_are_in_the_language_of_its_user_or_else_of_the_handshake(
    settings: Any, bob: User, own: str, accepted: bytes
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    User.objects.filter(pk=bob.pk).update(language=own)
    scope = scope_of(access_of(bob))
    scope["headers"].append((b"accept-language", accepted))

    async def scenario() -> None:
        client = Socket()
        await client.connect(InboxConsumer(), scope)
        await client.say_frame(type="nonsense")
        await finish_tasks()

        assert client.frames[-1]["detail"] == "Unbekannte Art von Frame."
        await client.disconnect()

    run(scenario)
