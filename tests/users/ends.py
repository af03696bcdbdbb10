"""Ways to end an admin's access, after which the account may still sign in again."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client as Browser

from tests.factories import PASSWORD
from users.models import User
from users.services.accounts import deactivate_user, reactivate_user, set_password, store_password

NEW = "another-long-secret-2"

End = Callable[[User], object]


def shell_password(user: User) -> None:
    user.set_password(NEW)
    user.save()


def password_column(user: User) -> None:
    user.set_password(NEW)
    user.save(update_fields=["password"])


def unusable_password(user: User) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])


def admin_sets_password(user: User) -> None:
    user.set_password(NEW)
    store_password(user=user)


def own_form(user: User) -> None:
    browser = Browser()
    browser.force_login(user)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert browser.post("/admin/password_change/", form).status_code == 302


def command(user: User) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("getpass.getpass", lambda prompt: NEW)
        call_command("changepassword", user.email, verbosity=0)


def own_api(user: User) -> None:
    set_password(user=user, current_password=PASSWORD, new_password=NEW)


def update(user: User, **changes: object) -> None:
    User.objects.filter(pk=user.pk).update(**changes)


def bulk(user: User) -> None:
    user.set_password(NEW)
    User.objects.bulk_update([user], ["password"])


def deactivate(user: User) -> None:
    deactivate_user(user=user)
    reactivate_user(user=user)


def deactivate_in_the_database(user: User) -> None:
    update(user, is_active=False)
    update(user, is_active=True)


def demote(user: User) -> None:
    user.role = User.Role.TRAINER
    user.save(update_fields=["role"])


def demote_in_the_database(user: User) -> None:
    update(user, role=User.Role.TRAINER)


def remove_staff(user: User) -> None:
    user.is_staff = False
    user.save()
    update(user, is_staff=True)


def remove_superuser(user: User) -> None:
    user.is_superuser = False
    user.save(update_fields=["is_superuser"])


ENDS: list[End] = [
    shell_password,
    password_column,
    unusable_password,
    admin_sets_password,
    own_form,
    command,
    own_api,
    bulk,
    deactivate,
    deactivate_in_the_database,
    demote,
    demote_in_the_database,
    remove_staff,
    remove_superuser,
]
