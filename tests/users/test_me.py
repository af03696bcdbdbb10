"""GET and PATCH auth/users/me/."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Client
from tests.factories import access_of, claims_of, make_person
from tests.users.bodies import me_body
from trainer.services.trainees import remove_trainee
from users.models import User
from users.selectors import get_user_by_claims
from users.services.accounts import ProfileChange, update_profile

ME = "/api/auth/users/me/"
HIDDEN = "This has invisible characters. Please type it again."


def test_me_describes_a_trainee_with_their_trainer(api: Client, bob: User) -> None:
    response = api.as_user(bob).get(ME)

    body = me_body(bob)
    assert (response.status_code, response.json()) == (200, body)
    assert body["trainer"]["email"] == "alice@example.com"
    assert type(response.json()["id"]) is int


def test_me_describes_a_trainer_and_an_admin_without_one(api: Client, alice: User) -> None:
    admin = make_person("root", role=User.Role.ADMIN)

    hers = api.as_user(alice).get(ME).json()
    theirs = api.as_user(admin).get(ME).json()

    assert hers == me_body(alice, business_name="Alice Fitness", trainer=None, role="TRAINER")
    assert theirs == me_body(admin, business_name=None, trainer=None, role="ADMIN")


def test_me_changes_names(api: Client, bob: User) -> None:
    change = {"first_name": " Bobby ", "last_name": "", "business_name": "Bob Ltd"}

    response = api.as_user(bob).patch(ME, change)

    assert response.status_code == 200
    assert response.json() == me_body(
        bob, first_name="Bobby", last_name="", business_name="Bob Ltd"
    )


def test_me_keeps_fields_that_are_not_sent(api: Client, alice: User) -> None:
    response = api.as_user(alice).patch(ME, {"first_name": "Alicia"})

    assert response.json() == me_body(
        alice, first_name="Alicia", last_name="Tester", business_name="Alice Fitness"
    )


def test_business_name_null_empties_it(api: Client, alice: User) -> None:
    response = api.as_user(alice).patch(ME, {"business_name": None})

    assert response.json()["business_name"] is None


def test_me_ignores_read_only_fields(api: Client, bob: User, dora: User) -> None:
    before = me_body(bob)
    forged = {
        "id": 1,
        "email": "root@example.com",
        "role": "ADMIN",
        "is_staff": True,
        "is_superuser": True,
        "is_active": False,
        "trainer": dora.pk,
        "parent_trainer": dora.pk,
        "password": "x",
        "onboarding_completed": True,
    }

    response = api.as_user(bob).patch(ME, forged)

    bob.refresh_from_db()
    assert (response.status_code, response.json()) == (200, before)
    assert (bob.is_staff, bob.is_superuser, bob.parent_trainer == dora) == (False, False, False)


@pytest.mark.parametrize(
    "change",
    [
        ProfileChange(first_name="Bobby"),
        ProfileChange(picture=b""),
        ProfileChange(picture=b"picture"),
    ],
)
def test_change_does_not_undo_concurrent_changes(
    alice: User, bob: User, change: ProfileChange, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asking = get_user_by_claims(claims_of(access_of(bob)))
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    update_profile(user=asking, change=change)

    bob.refresh_from_db()
    assert bob.parent_trainer is None
    assert bob.first_name == (change.first_name or "Bob")


def test_names_are_stored_composed_and_with_single_spaces(api: Client, bob: User) -> None:
    body = {
        "first_name": "Jose\u0301\u00a0 Luis",
        "last_name": "\u0646\u200c\u0645",
        "business_name": " ",
    }

    response = api.as_user(bob).patch(ME, body)

    bob.refresh_from_db()
    assert response.status_code == 200
    assert (bob.first_name, bob.last_name) == ("José Luis", body["last_name"])
    assert response.json()["business_name"] is None


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("first_name", 5, "Not a valid string."),
        ("first_name", None, "This field may not be null."),
        ("last_name", "x" * 151, "Ensure this field has no more than 150 characters."),
        ("last_name", "a\0b", "Null characters are not allowed."),
        ("first_name", "Bob\u202e", HIDDEN),
        ("last_name", "\u200b", HIDDEN),
        ("business_name", "\u2800", HIDDEN),
        ("business_name", "x" * 201, "Ensure this field has no more than 200 characters."),
    ],
)
def test_invalid_name_is_refused(
    api: Client, bob: User, field: str, value: Any, reason: str
) -> None:
    response = api.as_user(bob).patch(ME, {field: value})

    assert (response.status_code, response.json()) == (400, {field: [reason]})
