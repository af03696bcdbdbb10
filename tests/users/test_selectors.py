"""Who a token belongs to, and whether its access has ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.exceptions import NotFound
from tests.factories import access_of, claims_of, impersonate
from tests.users.ends import update
from users.models import User
from users.selectors import get_trainer, get_user_by_claims, has_ended
from users.services.accounts import deactivate_user
from users.services.sessions import sign_out
from users.tokens import Claims


def own_claims(user: User) -> Claims:
    return claims_of(access_of(user))


def deactivate(user: User) -> None:
    deactivate_user(user=user)


def delete(user: User) -> None:
    user.delete()


@pytest.mark.parametrize("end", [deactivate, delete])
def test_access_ends_with_the_account(bob: User, end: Callable[[User], None]) -> None:
    claims = own_claims(bob)
    assert has_ended(claims) is False

    end(bob)

    assert has_ended(claims) is True


def test_access_by_an_impersonation_ends_with_the_impersonators(alice: User, bob: User) -> None:
    claims = claims_of(impersonate(bob, by=alice)[1].access)
    assert has_ended(claims) is False

    update(alice, is_active=False)

    assert has_ended(claims) is True


def test_token_belongs_to_its_own_user(alice: User, bob: User, charlie: User) -> None:
    for user in (alice, bob, charlie):
        assert get_user_by_claims(own_claims(user)) == user


def test_access_ends_with_the_session(bob: User) -> None:
    claims, other = own_claims(bob), own_claims(bob)

    sign_out(claims=claims)

    assert (has_ended(claims), has_ended(other)) == (True, False)


def test_access_ends_at_the_second_in_which_the_token_expires(bob: User) -> None:
    claims = own_claims(bob)

    with time_machine.travel(datetime.fromtimestamp(claims.expires_at, UTC), tick=False):
        assert has_ended(claims) is True


def test_user_of_an_impersonation_is_impersonated_whatever_the_token_says(
    alice: User, bob: User
) -> None:
    claims = claims_of(impersonate(bob, by=alice)[1].access)

    user = get_user_by_claims(replace(claims, impersonating=False))

    assert (user, user.is_impersonated) == (bob, True)


def test_user_is_impersonated_if_the_token_says_so(bob: User) -> None:
    claims = own_claims(bob)

    is_impersonated = [
        get_user_by_claims(replace(claims, impersonating=each)).is_impersonated
        for each in (True, False)
    ]

    assert is_impersonated == [True, False]


def test_user_and_session_are_read_with_one_query(bob: User) -> None:
    claims = own_claims(bob)

    with CaptureQueriesContext(connection) as captured:
        user = get_user_by_claims(claims)
        assert user.auth_session
        assert user.auth_session.user == bob

    assert len(captured) == 1


def test_only_active_trainers_are_trainers(alice: User, bob: User, dora: User) -> None:
    deactivate_user(user=dora)

    assert get_trainer(alice.pk) == alice
    for user in (bob, dora):
        with pytest.raises(NotFound):
            get_trainer(user.pk)
