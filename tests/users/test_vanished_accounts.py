"""Writes for accounts that are deleted, erased or deactivated during a request: refused, never a 500."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import login
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import RequestFactory

from api.exceptions import NotFound
from notifications.models import DeviceToken
from notifications.services.devices import register_device
from tests.admin.conftest import browser_of
from tests.conftest import Client
from tests.factories import PASSWORD, access_of, claims_of, make_person, tokens_of
from tests.privacy.people import begin
from tests.users.bodies import INVALID_TOKEN
from users.exceptions import InvalidToken
from users.models import AuthSession, User
from users.selectors import get_user_by_claims, get_valid_session
from users.services import sessions
from users.services.accounts import (
    ProfileChange,
    deactivate_user,
    set_password,
    store_password,
    update_profile,
)
from users.tokens import read_refresh_token


def delete(user: User) -> None:
    User.objects.get(pk=user.pk).delete()


def deactivate(user: User) -> None:
    deactivate_user(user=User.objects.get(pk=user.pk))


ENDS = pytest.mark.parametrize("end", [delete, deactivate, begin])
End = Callable[[User], None]
WRITES: dict[str, Callable[..., object]] = {
    "names": partial(update_profile, change=ProfileChange(first_name="Back")),
    "picture": partial(update_profile, change=ProfileChange(picture=b"picture")),
    "no picture": partial(update_profile, change=ProfileChange(picture=b"")),
    "password": partial(set_password, current_password=PASSWORD, new_password="another-secret-2"),
    "device": partial(register_device, token="push", platform="ios"),
}


def describe(user: User) -> list[tuple[Any, ...]]:
    return list(User.objects.filter(pk=user.pk).values_list())


@ENDS
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_write_of_an_account_that_ends_meanwhile_is_refused(
    bob: User, end: End, write: Callable[..., object], settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asking = get_user_by_claims(claims_of(access_of(bob)))
    end(bob)
    stored = describe(bob)

    with pytest.raises(InvalidToken):
        write(user=asking)

    assert describe(bob) == stored
    assert not DeviceToken.objects.exists()
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@ENDS
def test_profile_change_over_the_api_is_401(
    api: Client, bob: User, end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end_then_update(*, user: User, change: ProfileChange) -> User:
        end(user)
        return update_profile(user=user, change=change)

    api.as_user(bob)
    monkeypatch.setattr("users.views.accounts.update_profile", end_then_update)

    answer: Any = api.patch("/api/auth/users/me/", {"first_name": "Back"})

    assert (answer.status_code, answer.json()) == (401, INVALID_TOKEN)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_refresh_of_a_session_that_ends_meanwhile_is_refused(
    bob: User, is_deleted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = read_refresh_token(tokens_of(bob).refresh)
    session = get_valid_session(claims)
    monkeypatch.setattr(sessions, "get_valid_session", lambda _: session)
    found = AuthSession.objects.filter(pk=session.pk)
    if is_deleted:
        found.delete()
    else:
        sessions.end_sessions(found)

    with pytest.raises(InvalidToken):
        sessions.refresh_session(claims=claims)


@pytest.mark.parametrize("end", [delete, begin])
def test_password_that_staff_set_meanwhile_is_refused_with_a_message(
    bob: User, end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(make_person("root", role="ADMIN", is_staff=True, is_superuser=True))

    def end_then_store(*, user: User) -> None:
        end(bob)
        store_password(user=user)

    monkeypatch.setattr("users.admin.forms.store_password", end_then_store)
    form = {"password1": "another-secret-2", "password2": "another-secret-2"}

    answer = browser.post(f"/admin/users/user/{bob.pk}/password/", form)

    assert answer.status_code == 302
    (message,) = answer.wsgi_request._messages  # type: ignore[attr-defined]  # set by a middleware
    assert str(message) == "This person has been deleted in the meantime."


def test_stored_password_of_a_deleted_account_is_refused(bob: User) -> None:
    stale = User.objects.get(pk=bob.pk)
    bob.delete()

    with pytest.raises(NotFound):
        store_password(user=stale)


def test_admin_sign_in_of_an_account_deleted_meanwhile_is_no_error(bob: User) -> None:
    stale = User.objects.get(pk=bob.pk)
    bob.delete()
    request: Any = RequestFactory().get("/admin/")
    request.session = Client().session

    login(request, stale, backend="django.contrib.auth.backends.ModelBackend")

    assert not User.objects.filter(pk=stale.pk).exists()


def test_admin_sign_in_records_its_time(bob: User) -> None:
    browser_of(bob)

    assert User.objects.get(pk=bob.pk).last_login


def test_password_command_does_not_reactivate_an_account_deactivated_meanwhile(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def type_slowly(prompt: str = "") -> str:
        User.objects.filter(pk=bob.pk, is_active=True).update(is_active=False)
        return "another-secret-2"

    monkeypatch.setattr("getpass.getpass", type_slowly)

    call_command("changepassword", bob.email)

    bob.refresh_from_db()
    assert (bob.is_active, bob.check_password("another-secret-2")) == (False, True)


def test_full_save_of_a_stale_row_writes_only_what_changed(alice: User, bob: User) -> None:
    stale = User.objects.get(pk=bob.pk)
    User.objects.filter(pk=bob.pk).update(is_active=False, last_name="New", parent_trainer=None)

    stale.first_name = "Bobby"
    stale.save()
    stale.phone_number = "1"
    stale.save()

    bob.refresh_from_db()
    assert (bob.first_name, bob.last_name, bob.phone_number) == ("Bobby", "New", "1")
    assert (bob.is_active, bob.parent_trainer) == (False, None)


def test_second_picture_is_stored(bob: User, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for name in ("first.jpg", "second.png"):
        bob.profile_image.save(name, ContentFile(b"picture"))

    assert str(User.objects.get(pk=bob.pk).profile_image).endswith(".png")


def test_refreshed_row_writes_a_value_that_is_changed_back(bob: User) -> None:
    stale = User.objects.get(pk=bob.pk)
    User.objects.filter(pk=bob.pk).update(first_name="New")
    stale.refresh_from_db()

    stale.first_name = "Bob"
    stale.save()

    assert User.objects.get(pk=bob.pk).first_name == "Bob"
