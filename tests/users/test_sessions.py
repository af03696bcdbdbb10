"""When sessions begin and end, and what is recorded of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from api.exceptions import NotFound
from tests.conftest import Client
from tests.factories import PASSWORD, access_of, claims_of, impersonate, make_person, tokens_of
from tests.messaging.announcements import list_kinds, to
from tests.users.ends import NEW, End, shell_password, update
from trainer.services.trainees import impersonate_trainee
from users.exceptions import InvalidCredentials, InvalidToken, NotImpersonating
from users.models import AuthSession, ImpersonationView, User
from users.reset_tokens import reset_tokens
from users.selectors import get_user_by_claims
from users.services.accounts import deactivate_user, set_password
from users.services.sessions import (
    begin_session,
    end_impersonation,
    end_sessions,
    impersonate_trainer,
    record_view,
    sign_in,
    sign_out,
)

ME = "/api/auth/users/me/"


@pytest.fixture
def admin(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def deactivate(user: User) -> None:
    deactivate_user(user=user)


def delete(user: User) -> None:
    user.delete()


ends = pytest.mark.parametrize("end", [deactivate, delete, shell_password])


# Beginning
# ------------------------------------------------------------------------------
@ends
def test_session_does_not_begin_if_access_ended_during_the_sign_in(bob: User, end: End) -> None:
    verified = fresh(bob)
    end(fresh(bob))

    with pytest.raises(InvalidCredentials):
        begin_session(user=verified)

    assert not AuthSession.objects.exists()


def test_sign_in_is_recorded_and_keeps_reset_links_valid(bob: User) -> None:
    link = reset_tokens.make_token(fresh(bob))

    sign_in(email=bob.email, password=PASSWORD)

    assert fresh(bob).last_login
    assert reset_tokens.check_token(fresh(bob), link)


def test_reset_link_of_the_previous_release_is_valid(bob: User) -> None:
    link = default_token_generator.make_token(fresh(bob))

    assert reset_tokens.check_token(fresh(bob), link)
    assert not reset_tokens.check_token(fresh(bob), "x-y")


@ends
def test_impersonation_does_not_begin_if_the_admins_access_ended_since_the_request(
    admin: User, alice: User, end: End
) -> None:
    asking = fresh(admin)
    end(fresh(admin))

    with pytest.raises(InvalidToken):
        impersonate_trainer(trainer_id=alice.pk, by=asking)

    assert not AuthSession.objects.exists()


@pytest.mark.parametrize("end", [deactivate, shell_password])
def test_impersonation_does_not_begin_if_the_trainers_access_ended_since_the_request(
    alice: User, bob: User, end: End
) -> None:
    asking = fresh(alice)
    end(fresh(alice))

    with pytest.raises(InvalidToken):
        impersonate_trainee(trainer=asking, trainee_id=bob.pk)

    assert not AuthSession.objects.exists()


def test_session_of_somebody_else_does_not_replace_the_admins(admin: User, alice: User) -> None:
    claims = claims_of(access_of(admin))
    asking = get_user_by_claims(claims)
    access_of(alice)
    sign_out(claims=claims)

    with pytest.raises(InvalidToken):
        impersonate_trainer(trainer_id=alice.pk, by=asking)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": User.Role.ADMIN}])
def test_impersonation_does_not_begin_if_the_trainer_changes_before_the_lock(
    admin: User, alice: User, change: dict[str, Any]
) -> None:
    def change_after_the_read(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        result = execute(sql, *args)
        if '"role" =' in sql and sql.startswith("SELECT"):
            wrapper.__exit__(None, None, None)
            update(alice, **change)
        return result

    wrapper = connection.execute_wrapper(change_after_the_read)
    wrapper.__enter__()
    with pytest.raises(NotFound):
        impersonate_trainer(trainer_id=alice.pk, by=admin)

    assert not AuthSession.objects.exists()


def test_impersonation_of_a_person_with_a_new_password_is_valid(
    api: Client, alice: User, bob: User
) -> None:
    shell_password(fresh(bob))

    _, tokens = impersonate(fresh(bob), by=alice)

    assert api.with_token(tokens.access).get(ME).status_code == 200


# Ending
# ------------------------------------------------------------------------------
def test_end_is_announced_once_to_each_person_with_a_living_session(
    alice: User,
    bob: User,
    charlie: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for user in (alice, bob, bob, charlie):
        tokens_of(user)
    end_sessions(AuthSession.objects.filter(user=charlie))

    with django_capture_on_commit_callbacks() as callbacks:
        assert end_sessions(AuthSession.objects.all()) == 3

    assert sorted(list_kinds(callbacks)) == sorted(
        [to(alice, "access.changed"), to(bob, "access.changed")]
    )


def test_new_password_does_not_revive_a_session_that_ended_since_the_request(bob: User) -> None:
    claims = claims_of(access_of(bob))
    asking = get_user_by_claims(claims)
    update(bob, is_active=False)
    update(bob, is_active=True)

    set_password(user=asking, current_password=PASSWORD, new_password=NEW)

    with pytest.raises(InvalidToken):
        get_user_by_claims(claims)


def test_token_that_impersonates_without_a_session_ends_no_impersonation(
    alice: User, bob: User
) -> None:
    AuthSession.objects.create(
        pk=1,
        kind=AuthSession.Kind.IMPERSONATION,
        user=bob,
        impersonator=alice,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    bob.is_impersonated = True

    with pytest.raises(NotImpersonating):
        end_impersonation(by=bob)

    assert AuthSession.objects.alive().exists()


def test_end_of_an_impersonation_never_ends_a_sign_in(bob: User) -> None:
    claims = claims_of(access_of(bob))

    with pytest.raises(NotImpersonating):
        end_impersonation(by=get_user_by_claims(replace(claims, impersonating=True)))

    assert AuthSession.objects.alive().exists()


# Records
# ------------------------------------------------------------------------------
def test_long_path_is_recorded_as_far_as_the_column_is_wide(alice: User, bob: User) -> None:
    bob.auth_session, _ = impersonate(bob, by=alice)
    bob.is_impersonated = True
    path = "/" + "x" * 600

    record_view(viewer=bob, method="GET", path=path)

    assert ImpersonationView.objects.get().path == path[:500]
