"""When a person's access ends, it ends everywhere, however the user's row was changed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django import DjangoCaptureOnCommitCallbacks

from notifications.models import DeviceToken
from tests.conftest import Client
from tests.factories import PASSWORD, access_of, claims_of, impersonate, make_person, tokens_of
from tests.messaging.parallel import overlapping, run_before_commit
from tests.users.bodies import INVALID_JWT, INVALID_TOKEN
from tests.users.ends import (
    ENDS,
    NEW,
    End,
    admin_sets_password,
    deactivate,
    demote,
    demote_in_the_database,
    own_api,
    password_column,
    remove_superuser,
    shell_password,
    update,
)
from users.exceptions import InvalidCredentials, InvalidToken
from users.models import AuthSession, User
from users.reset_tokens import reset_tokens
from users.selectors import get_user_by_claims
from users.services.accounts import (
    deactivate_user,
    reactivate_user,
    reset_password,
)
from users.services.sessions import begin_session, impersonate_trainer

ME = "/api/auth/users/me/"
REFRESH = "/api/auth/jwt/refresh/"
ADMIN = "/admin/"


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("end", ENDS)
def test_end_of_access_ends_sessions_impersonations_links_and_devices(
    api: Client, root: User, alice: User, end: End
) -> None:
    own, (_, look) = tokens_of(root), impersonate(alice, by=root)
    session = AuthSession.objects.get(kind=AuthSession.Kind.SIGN_IN)
    DeviceToken.objects.create(user=root, session=session, token="x", platform="ios")
    link = reset_tokens.make_token(fresh(root))
    browser = Browser()
    browser.force_login(fresh(root))

    end(fresh(root))

    for tokens in (own, look):
        assert api.with_token(tokens.access).get(ME).json() == INVALID_TOKEN
        api.credentials()
        assert api.post(REFRESH, {"refresh": tokens.refresh}).json() == INVALID_JWT
    assert not AuthSession.objects.alive().exists()
    assert not DeviceToken.objects.reachable().exists()
    assert not reset_tokens.check_token(fresh(root), link)
    assert browser.get(ADMIN).status_code == 302


@pytest.mark.parametrize("end", ENDS)
def test_access_that_begins_after_the_end_is_valid(
    api: Client, root: User, alice: User, end: End
) -> None:
    end(fresh(root))

    own, (_, look) = tokens_of(fresh(root)), impersonate(alice, by=fresh(root))

    assert api.with_token(own.access).get(ME).status_code == 200
    assert api.with_token(look.access).get(ME).status_code == 200
    assert reset_tokens.check_token(fresh(root), reset_tokens.make_token(fresh(root)))


def rename(user: User) -> None:
    user.first_name = "Rooty"
    user.save()


def give_more(user: User) -> None:
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])


def save_as_it_is(user: User) -> None:
    user.save()


def verify(user: User) -> None:
    assert user.check_password(PASSWORD)
    assert not user.check_password("wrong")


@pytest.mark.parametrize("change", [rename, give_more, save_as_it_is, verify])
def test_changes_that_keep_access_end_nothing(api: Client, bob: User, change: End) -> None:
    tokens = tokens_of(bob)

    change(fresh(bob))

    assert api.with_token(tokens.access).get(ME).status_code == 200
    assert fresh(bob).access_epoch == 0


def test_rehash_of_the_same_password_ends_nothing(api: Client, root: User, settings: Any) -> None:
    tokens, browser = tokens_of(root), Browser()
    browser.force_login(fresh(root))
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]

    answer = api.post("/api/auth/jwt/create/", {"email": root.email, "password": PASSWORD})

    assert answer.status_code == 200
    assert fresh(root).password.startswith("pbkdf2_")
    assert fresh(root).check_password(PASSWORD)
    assert api.with_token(tokens.access).get(ME).status_code == 200
    assert browser.get(ADMIN).status_code == 200


def test_better_hash_of_an_asynchronous_sign_in_ends_nothing(
    api: Client, bob: User, settings: Any
) -> None:
    tokens = tokens_of(bob)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]

    signed_in = async_to_sync(aauthenticate)(username=bob.email, password=PASSWORD)

    assert signed_in == bob
    assert fresh(bob).password.startswith("pbkdf2_")
    assert api.with_token(tokens.access).get(ME).status_code == 200


def test_rehash_does_not_undo_a_new_password(bob: User, settings: Any) -> None:
    verifying = fresh(bob)
    shell_password(fresh(bob))
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]

    assert verifying.check_password(PASSWORD)

    assert fresh(bob).check_password(NEW)


def test_save_of_a_stale_row_does_not_decrease_the_epoch(bob: User) -> None:
    stale = fresh(bob)
    password_column(fresh(bob))

    stale.first_name = "Bobby"
    stale.save(update_fields=["first_name"])
    stale.is_active = False
    stale.save(update_fields=["is_active"])

    assert (fresh(bob).access_epoch, stale.access_epoch) == (2, 2)


def test_deactivation_of_a_stale_inactive_row_ends_access(bob: User) -> None:
    deactivate_user(user=bob)
    stale = fresh(bob)
    reactivate_user(user=fresh(bob))

    deactivate_user(user=stale)

    assert fresh(bob).access_epoch == 2


def test_save_of_a_deleted_person_fails(bob: User) -> None:
    gone = fresh(bob)
    User.objects.filter(pk=bob.pk).delete()

    with pytest.raises(DatabaseError), transaction.atomic():
        gone.save()

    assert not User.objects.filter(pk=bob.pk).exists()


def test_own_new_password_keeps_the_session_and_its_device(api: Client, bob: User) -> None:
    mine, other = tokens_of(bob), tokens_of(bob)
    api.with_token(mine.access).post("/api/users/device-token/", {"token": "x", "platform": "ios"})

    body = {"current_password": PASSWORD, "new_password": NEW}
    assert api.post("/api/auth/users/set_password/", body).status_code == 204

    assert api.get(ME).status_code == 200
    api.credentials()
    assert api.post(REFRESH, {"refresh": mine.refresh}).status_code == 200
    assert DeviceToken.objects.reachable().count() == 1
    assert api.with_token(other.access).get(ME).json() == INVALID_TOKEN


def test_own_new_password_in_the_admin_keeps_that_browser_only(
    api: Client, root: User, alice: User
) -> None:
    own, (_, look) = tokens_of(root), impersonate(alice, by=root)
    here, elsewhere = Browser(), Browser()
    here.force_login(root)
    elsewhere.force_login(root)

    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    answer = here.post("/admin/password_change/", form)

    assert answer.status_code == 302
    assert (here.get(ADMIN).status_code, elsewhere.get(ADMIN).status_code) == (200, 302)
    for tokens in (own, look):
        assert api.with_token(tokens.access).get(ME).json() == INVALID_TOKEN


def test_impersonation_ends_if_the_impersonated_user_gets_another_role(
    api: Client, root: User, alice: User
) -> None:
    _, look = impersonate(alice, by=root)

    alice.role = User.Role.ADMIN
    alice.save(update_fields=["role"])

    assert api.with_token(look.access).get(ME).json() == INVALID_TOKEN


def test_impersonation_by_a_trainer_ends_with_the_trainers_role(
    api: Client, alice: User, bob: User
) -> None:
    _, look = impersonate(bob, by=alice)
    own = tokens_of(bob)

    update(alice, role=User.Role.ADMIN)

    assert api.with_token(look.access).get(ME).json() == INVALID_TOKEN
    assert api.with_token(own.access).get(ME).status_code == 200


def test_role_change_in_the_admin_ends_impersonations(api: Client, root: User, alice: User) -> None:
    other = make_person("ada", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    _, look = impersonate(alice, by=other)
    browser = Browser()
    browser.force_login(root)

    form = {"email": other.email, "role": "TRAINER", "is_active": "on", "is_staff": "on"}
    answer = browser.post(f"/admin/users/user/{other.pk}/change/", form)

    assert answer.status_code == 302
    assert api.with_token(look.access).get(ME).json() == INVALID_TOKEN


def test_end_of_access_is_recorded_in_the_sessions(
    root: User,
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    tokens_of(root)
    impersonate(alice, by=root)
    tokens_of(alice)

    with django_capture_on_commit_callbacks(execute=True):
        shell_password(fresh(root))

    ended = AuthSession.objects.filter(ended_at__isnull=False)
    assert set(ended.values_list("user", "impersonator")) == {(root.pk, None), (alice.pk, root.pk)}
    assert AuthSession.objects.alive().get().user == alice


def refuse_to_list_sessions(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
    if 'FROM "users_authsession"' in sql:
        raise DatabaseError("disk full")
    return execute(sql, *args)


def test_access_ends_even_if_the_end_cannot_be_recorded(
    api: Client,
    root: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tokens = tokens_of(root)

    with (
        connection.execute_wrapper(refuse_to_list_sessions),
        django_capture_on_commit_callbacks(execute=True),
    ):
        shell_password(fresh(root))

    assert "disk full" in caplog.text
    assert api.with_token(tokens.access).get(ME).json() == INVALID_TOKEN


def reset_by_link(user: User) -> None:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    reset_password(uid=uid, token=reset_tokens.make_token(user), new_password=NEW)


@pytest.mark.parametrize("end", [own_api, reset_by_link, admin_sets_password, deactivate])
def test_service_records_the_end_of_the_sessions_in_its_transaction(
    root: User, alice: User, end: End
) -> None:
    tokens_of(root)
    impersonate(alice, by=root)

    end(fresh(root))

    assert not AuthSession.objects.filter(ended_at=None).exists()


def test_own_new_password_records_the_end_of_the_other_sessions_only(bob: User) -> None:
    tokens_of(bob)
    asking = get_user_by_claims(claims_of(access_of(bob)))

    own_api(asking)

    assert AuthSession.objects.get(ended_at=None) == asking.auth_session


# Sessions that begin while access ends
# ------------------------------------------------------------------------------
LATE: list[End] = [shell_password, demote, remove_superuser, demote_in_the_database]


@overlapping
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", LATE)
def test_sign_in_that_overlaps_the_end_is_refused(root: User, end: End) -> None:
    verified = fresh(root)

    outcome = run_before_commit(partial(end, root), partial(begin_session, user=verified))

    assert isinstance(outcome, InvalidCredentials)
    assert not AuthSession.objects.exists()


@overlapping
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", LATE)
def test_impersonation_that_overlaps_the_end_is_refused(root: User, alice: User, end: End) -> None:
    look = partial(impersonate_trainer, trainer_id=alice.pk, by=fresh(root))

    outcome = run_before_commit(partial(end, root), look)

    assert isinstance(outcome, InvalidToken)
    assert not AuthSession.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_sign_ins_that_rehash_both_succeed(bob: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    one, two = fresh(bob), fresh(bob)

    for verified in (one, two):
        assert verified.check_password(PASSWORD)

    begin_session(user=one)
    begin_session(user=two)
    assert AuthSession.objects.alive().count() == 2


# Links
# ------------------------------------------------------------------------------
def test_reset_link_is_invalid_after_a_deactivation_or_a_new_address(
    bob: User, alice: User
) -> None:
    his, hers = reset_tokens.make_token(bob), reset_tokens.make_token(alice)

    deactivate(fresh(bob))
    update(alice, email="other@example.com")

    assert not reset_tokens.check_token(fresh(bob), his)
    assert not reset_tokens.check_token(fresh(alice), hers)
