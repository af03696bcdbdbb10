"""Changing a password, and resetting it by e-mail."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.conftest import Client
from tests.factories import PASSWORD, impersonate, make_trainee, tokens_of
from tests.refusals import refusal
from tests.users.bodies import INVALID_TOKEN, WRONG_CREDENTIALS
from tests.users.post import link_in, wait_for_mail
from users.exceptions import InvalidToken
from users.models import User
from users.reset_tokens import reset_tokens
from users.services.accounts import deactivate_user, set_password

SET = "/api/auth/users/set_password/"
RESET = "/api/auth/users/reset_password/"
CONFIRM = "/api/auth/users/reset_password_confirm/"
CREATE = "/api/auth/jwt/create/"
ME = "/api/auth/users/me/"
NEW = "another-long-secret-2"
DEAD_LINK = refusal("This link is no longer valid. Please request a new one.", "invalid_reset_link")


def can_sign_in(password: str) -> bool:
    body = {"email": "bob@example.com", "password": password}
    response: Any = Client().post(CREATE, body)
    assert response.status_code == 200 or response.json() == WRONG_CREDENTIALS
    return bool(response.status_code == 200)


def test_set_password_ends_every_other_session(api: Client, bob: User, alice: User) -> None:
    mine, thiefs = tokens_of(bob), tokens_of(bob)
    _, looking = impersonate(bob, by=alice)

    body = {"current_password": PASSWORD, "new_password": NEW}
    response = api.with_token(mine.access).post(SET, body)

    assert (response.status_code, response.content) == (204, b"")
    assert (can_sign_in(PASSWORD), can_sign_in(NEW)) == (False, True)
    statuses = [api.with_token(each.access).get(ME).status_code for each in (mine, thiefs, looking)]
    assert statuses == [200, 401, 401]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            {"current_password": "wrong", "new_password": NEW},
            {"current_password": ["This is not your current password."]},
        ),
        (
            {"current_password": PASSWORD, "new_password": "1234567"},
            {
                "new_password": [
                    "This password is too short. It must contain at least 8 characters.",
                    "This password is too common.",
                    "This password is entirely numeric.",
                ]
            },
        ),
        (
            {"current_password": PASSWORD, "new_password": "bob@example.com"},
            {"new_password": ["The password is too similar to the email."]},
        ),
        (
            {"current_password": PASSWORD, "new_password": "x" * 129},
            {"new_password": ["Ensure this field has no more than 128 characters."]},
        ),
        (
            {},
            {
                "current_password": ["This field is required."],
                "new_password": ["This field is required."],
            },
        ),
    ],
)
def test_invalid_change_of_the_password_is_refused(
    api: Client, bob: User, body: dict[str, str], answer: dict[str, list[str]]
) -> None:
    response = api.as_user(bob).post(SET, body)

    assert (response.status_code, response.json()) == (400, answer)
    assert can_sign_in(PASSWORD)


@pytest.mark.parametrize("current", [PASSWORD, "wrong"])
def test_set_password_is_refused_once_the_account_is_deactivated(bob: User, current: str) -> None:
    asking = User.objects.get(pk=bob.pk)
    deactivate_user(user=bob)

    with pytest.raises(InvalidToken):
        set_password(user=asking, current_password=current, new_password=NEW)

    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


@pytest.fixture
def ask(api: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Return a function that requests a reset link, and runs the on-commit callbacks."""

    def ask(email: str, **headers: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return api.post(RESET, {"email": email}, **headers)

    return ask


def fields_of_link() -> dict[str, str]:
    query = parse_qs(urlsplit(link_in(wait_for_mail())).fragment)
    return {"uid": query["uid"][0], "token": query["token"][0]}


def test_reset_mails_a_link_to_the_public_address_and_not_to_the_host(
    bob: User, ask: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://gym.example"
    settings.ALLOWED_HOSTS = ["*"]

    response = ask("BOB@example.com", HTTP_HOST="evil.example")

    message = wait_for_mail()
    assert (response.status_code, response.content) == (204, b"")
    assert (message.to, message.subject) == (["bob@example.com"], "Reset your password")
    assert link_in(message).startswith("https://gym.example/reset-password#uid=")
    assert "evil" not in message.body


def test_reset_for_an_unknown_address_has_the_same_response_and_no_mail(
    bob: User, charlie: User, ask: Any
) -> None:
    deactivate_user(user=charlie)
    known = ask("bob@example.com")

    unknown, deactivated = ask("nobody@example.com"), ask("charlie@example.com")

    for answer in (unknown, deactivated):
        assert (answer.status_code, answer.content) == (known.status_code, known.content)
        assert dict(answer.headers) == dict(known.headers)
    assert [each.to for each in (wait_for_mail(), *mail.outbox[1:])] == [["bob@example.com"]]


def test_link_sets_a_password_once_and_ends_every_session(api: Client, bob: User, ask: Any) -> None:
    tokens = tokens_of(bob)
    ask("bob@example.com")
    body = {**fields_of_link(), "new_password": NEW}

    first, second = api.post(CONFIRM, body), api.post(CONFIRM, body)

    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, second.json()) == (400, DEAD_LINK)
    assert (can_sign_in(PASSWORD), can_sign_in(NEW)) == (False, True)
    assert api.with_token(tokens.access).get(ME).json() == INVALID_TOKEN


def test_weak_password_keeps_the_link_valid(api: Client, bob: User, ask: Any) -> None:
    ask("bob@example.com")
    link = fields_of_link()

    refused = api.post(CONFIRM, {**link, "new_password": "password"})

    assert refused.status_code == 400
    assert refused.json() == {"new_password": ["This password is too common."]}
    assert api.post(CONFIRM, {**link, "new_password": NEW}).status_code == 204


def test_link_expires_and_is_invalid_after_a_deactivation(
    api: Client, bob: User, ask: Any, settings: Any
) -> None:
    ask("bob@example.com")
    body = {**fields_of_link(), "new_password": NEW}

    later = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 1)
    with time_machine.travel(later):
        assert api.post(CONFIRM, body).json() == DEAD_LINK
    deactivate_user(user=bob)
    assert api.post(CONFIRM, body).json() == DEAD_LINK


@pytest.mark.parametrize("uid", ["x", "MQ", "!", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "LTE"])
@pytest.mark.parametrize("token", ["x", "a-b", "é", "zzzzzzzzzzzzz-" + "0" * 32])
def test_made_up_link_is_refused(api: Client, bob: User, uid: str, token: str) -> None:
    response = api.post(CONFIRM, {"uid": uid, "token": token, "new_password": NEW})

    assert (response.status_code, response.json()) == (400, DEAD_LINK)


@pytest.mark.parametrize("new_password", [NEW, "password"])
def test_made_up_link_does_not_reveal_whether_the_account_exists(
    api: Client, bob: User, new_password: str
) -> None:
    uids = [urlsafe_base64_encode(force_bytes(pk)) for pk in (bob.pk, 2**31)]

    answers = [
        api.post(CONFIRM, {"uid": uid, "token": "a-b", "new_password": new_password})
        for uid in uids
    ]

    assert [(each.status_code, each.json()) for each in answers] == [(400, DEAD_LINK)] * 2


@pytest.mark.parametrize("new_password", [NEW, "password"])
def test_link_made_for_a_deactivated_person_is_refused(
    api: Client, bob: User, new_password: str
) -> None:
    deactivate_user(user=bob)
    link = {
        "uid": urlsafe_base64_encode(force_bytes(bob.pk)),
        "token": reset_tokens.make_token(bob),
    }

    response = api.post(CONFIRM, {**link, "new_password": new_password})

    assert (response.status_code, response.json()) == (400, DEAD_LINK)


def test_link_of_one_account_does_not_open_another(
    api: Client, alice: User, bob: User, ask: Any
) -> None:
    ask("bob@example.com")
    mine = fields_of_link()
    ask("alice@example.com")
    hers = parse_qs(urlsplit(link_in(wait_for_mail(2))).fragment)

    response = api.post(CONFIRM, {**mine, "uid": hers["uid"][0], "new_password": NEW})

    assert (response.status_code, response.json()) == (400, DEAD_LINK)


def test_resets_for_an_address_are_limited_without_telling(bob: User, ask: Any) -> None:
    statuses = [ask("bob@example.com").status_code for _ in range(8)]

    wait_for_mail(5)
    assert statuses == [204] * 8


def test_resets_for_an_address_are_counted_from_any_network(api: Client, bob: User) -> None:
    for number in range(8):
        api.post(RESET, {"email": " BOB@example.com"}, REMOTE_ADDR=f"192.0.2.{number}")

    wait_for_mail(5)


def test_resets_from_a_network_are_limited(api: Client, bob: User, settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "resets": "2/hour"}
    statuses = [api.post(RESET, {"email": f"{n}@example.com"}).status_code for n in range(3)]
    elsewhere = api.post(RESET, {"email": "bob@example.com"}, REMOTE_ADDR="192.0.2.1")

    assert (statuses, elsewhere.status_code) == ([204, 204, 429], 204)


def test_wrong_guesses_of_others_do_not_prevent_a_reset(api: Client, bob: User) -> None:
    for _ in range(11):
        refused = api.post(CREATE, {"email": "bob@example.com", "password": "wrong"})

    assert refused.status_code == 429
    assert api.post(RESET, {"email": "bob@example.com"}).status_code == 204
    wait_for_mail()


# Guesses
# ------------------------------------------------------------------------------
def guess(api: Client, **headers: Any) -> Any:
    return api.post(SET, {"current_password": "wrong", "new_password": NEW}, **headers)


def test_eleventh_guess_with_a_stolen_token_is_refused_even_if_correct(
    api: Client, bob: User
) -> None:
    statuses = [guess(api.as_user(bob)).status_code for _ in range(10)]

    refused = api.post(SET, {"current_password": PASSWORD, "new_password": NEW})

    assert statuses == [400] * 10
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 60


def test_password_change_and_sign_in_share_the_limits(api: Client, bob: User) -> None:
    for _ in range(5):
        guess(api.as_user(bob))
        Client().post(CREATE, {"email": "Bob@example.com", "password": "wrong"})

    answer: Any = Client().post(CREATE, {"email": bob.email, "password": PASSWORD})

    assert answer.status_code == 429
    assert guess(api).status_code == 429


def test_password_changes_of_one_network_are_limited(api: Client, alice: User, db: None) -> None:
    people = [make_trainee(f"person{number}", alice) for number in range(7)]
    statuses = [guess(api.as_user(each)).status_code for each in people[:6] for _ in range(10)]

    assert statuses == [400] * 60
    assert guess(api.as_user(people[6])).status_code == 429
    assert guess(api, REMOTE_ADDR="192.0.2.7").status_code == 400


def test_refused_impersonator_does_not_count_as_a_guess(
    api: Client, alice: User, bob: User
) -> None:
    _, looking = impersonate(bob, by=alice)

    refused = [guess(api.with_token(looking.access)).status_code for _ in range(12)]

    assert refused == [403] * 12
    assert guess(api.as_user(bob)).status_code == 400
