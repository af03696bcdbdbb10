"""Every trainee has completed onboarding, however the account was created."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client as Browser

from tests.conftest import Client
from tests.factories import PASSWORD, access_of, make_person, make_trainee
from users.models import User

ME = "/api/auth/users/me/"


def by_the_manager() -> User:
    return User.objects.create_user("new@example.com", PASSWORD)


def by_a_shell() -> User:
    user = User(email="new@example.com")
    user.save()
    return user


def in_bulk() -> User:
    (user,) = User.objects.bulk_create([User(email="new@example.com")])
    return user


def by_an_old_process() -> User:
    make_trainee("new", None)
    User.objects.update(onboarding_completed=False)
    return User.objects.get(email="new@example.com")


def in_the_admin() -> User:
    browser = Browser()
    browser.force_login(make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True))
    form = {
        "email": "new@example.com",
        "role": "TRAINEE",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert browser.post("/admin/users/user/add/", form).status_code == 302
    return User.objects.get(email="new@example.com")


def by_the_demo() -> User:
    call_command("demo")
    return User.objects.get(email="trainee@example.com")


def by_a_trainer_who_becomes_one() -> User:
    user = make_person("new", role=User.Role.TRAINER)
    User.objects.filter(pk=user.pk).update(role=User.Role.TRAINEE)
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "join",
    [
        by_the_manager,
        by_a_shell,
        in_bulk,
        by_an_old_process,
        in_the_admin,
        by_the_demo,
        by_a_trainer_who_becomes_one,
    ],
)
def test_trainee_has_completed_onboarding(
    api: Client, settings: object, join: Callable[[], User]
) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]  # the demo needs it

    me = api.as_user(join()).get(ME).json()

    assert (me["role"], me["onboarding_completed"]) == ("TRAINEE", True)


@pytest.mark.parametrize("completed", [True, False])
def test_trainer_has_the_stored_value(api: Client, db: None, completed: bool) -> None:
    alice = make_person("alice", role=User.Role.TRAINER, onboarding_completed=completed)

    assert api.as_user(alice).get(ME).json()["onboarding_completed"] is completed


def test_new_trainee_is_stored_as_having_completed_it(db: None) -> None:
    make_trainee("bob", None)

    assert User.objects.get().onboarding_completed
    assert access_of(User.objects.get())
