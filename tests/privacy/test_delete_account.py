"""Deleting one's own account over the API, with the password."""

from typing import Any

import pytest

from jobs.models import Job
from messaging.models import Conversation, Message
from tests.conftest import Client
from tests.factories import PASSWORD, access_of, impersonate
from tests.jobs.running import run_due
from tests.users.bodies import INVALID_TOKEN
from users.exceptions import InvalidToken
from users.models import User
from users.services.accounts import deactivate_user
from users.services.erasure import MessageChoice, erase_own_account

URL = "/api/users/profiles/delete-account/"
DELETED = {"success": True, "message": "Your account has been deleted."}
methods = pytest.mark.parametrize("method", ["delete", "post"])


def send(client: Client, method: str, body: object) -> Any:
    return getattr(client, method)(URL, body)


@methods
def test_own_account_is_deleted_with_the_password(
    api: Client, bob: User, talk: Conversation, method: str
) -> None:
    answer = send(api.as_user(bob), method, {"password": PASSWORD})

    assert (answer.status_code, answer.json()) == (200, DELETED)
    assert api.get("/api/auth/users/me/").status_code == 401
    run_due()
    assert not User.objects.filter(pk=bob.pk).exists()
    assert Message.objects.get(sender=None).content == "Mine"


def test_own_messages_are_erased_by_choice(api: Client, bob: User, talk: Conversation) -> None:
    send(api.as_user(bob), "delete", {"password": PASSWORD, "messages": "erase"})

    run_due()

    assert Message.objects.get(sender=None).content == ""


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"password": "wrong"}, {"password": ["This is not your current password."]}),
        ({}, {"password": ["This field is required."]}),
        (
            {"password": PASSWORD, "messages": "some"},
            {"messages": ['"some" is not a valid choice.']},
        ),
    ],
)
def test_account_stays_if_the_request_is_invalid(
    api: Client, bob: User, body: dict[str, str], errors: dict[str, list[str]]
) -> None:
    answer = send(api.as_user(bob), "delete", body)

    assert (answer.status_code, answer.json()) == (400, errors)
    assert User.objects.get(pk=bob.pk).is_active
    assert not Job.objects.exists()


def test_account_cannot_be_deleted_during_an_impersonation(
    api: Client, alice: User, bob: User
) -> None:
    _, tokens = impersonate(bob, by=alice)

    answer = send(api.with_token(tokens.access), "delete", {"password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (403, "impersonation_read_only")
    assert User.objects.get(pk=bob.pk).is_active


def test_stranger_without_a_token_is_refused(api: Client, bob: User) -> None:
    assert send(api, "delete", {"password": PASSWORD}).status_code == 401


def test_eleventh_guess_is_refused(api: Client, bob: User) -> None:
    api.as_user(bob)
    for _ in range(10):
        assert send(api, "delete", {"password": "wrong"}).status_code == 400

    assert send(api, "delete", {"password": PASSWORD}).status_code == 429


def test_deletion_of_an_account_that_is_gone_is_401(api: Client, bob: User) -> None:
    access = access_of(bob)
    bob.delete()

    answer = send(api.with_token(access), "delete", {"password": PASSWORD})

    assert (answer.status_code, answer.json()) == (401, INVALID_TOKEN)


def test_account_deactivated_after_the_request_began_is_not_deleted(bob: User) -> None:
    asking = User.objects.get(pk=bob.pk)
    deactivate_user(user=bob)

    with pytest.raises(InvalidToken):
        erase_own_account(user=asking, password=PASSWORD, messages=MessageChoice.KEEP)


def test_password_changed_while_it_was_verified_is_refused(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify_slowly(raw: str, stored: str) -> bool:
        User.objects.filter(pk=bob.pk).update(password="another")
        return True

    monkeypatch.setattr("users.services.erasure.check_password", verify_slowly)

    with pytest.raises(InvalidToken):
        erase_own_account(user=bob, password=PASSWORD, messages=MessageChoice.KEEP)
    assert not Job.objects.exists()
