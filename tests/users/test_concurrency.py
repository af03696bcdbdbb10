"""Row locks ensure that a change that ends sessions leaves none of those that begin concurrently."""

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from api.exceptions import FieldInvalid, NotFound
from tests.factories import PASSWORD, access_of, claims_of, make_person
from tests.messaging.parallel import overlapping, run_before_commit
from users.exceptions import InvalidCredentials, InvalidToken
from users.models import AuthSession, User
from users.selectors import get_user_by_claims
from users.services.accounts import deactivate_user, reset_password, set_password
from users.services.sessions import begin_session, impersonate_trainer

pytestmark = [pytest.mark.django_db(transaction=True), overlapping]

NEW = "another-long-secret-2"


@pytest.fixture
def admin(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN)


def reset(user: User) -> None:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    reset_password(uid=uid, token=token, new_password=NEW)


def change(user: User) -> None:
    set_password(user=user, current_password=PASSWORD, new_password=NEW)


def deactivate(user: User) -> None:
    deactivate_user(user=user)


def active_impersonations() -> int:
    return AuthSession.objects.filter(kind="IMPERSONATION", ended_at=None).count()


@pytest.mark.parametrize("end", [reset, change, deactivate])
def test_sign_in_verified_before_the_end_is_refused(bob: User, end: Callable[[User], None]) -> None:
    verified = User.objects.get(pk=bob.pk)

    outcome = run_before_commit(partial(end, bob), partial(begin_session, user=verified))

    assert isinstance(outcome, InvalidCredentials)
    assert not AuthSession.objects.exists()


def test_change_with_the_old_password_does_not_undo_a_concurrent_reset(bob: User) -> None:
    asking = User.objects.get(pk=bob.pk)

    outcome = run_before_commit(partial(reset, bob), partial(change, asking))

    bob.refresh_from_db()
    assert isinstance(outcome, FieldInvalid)
    assert bob.check_password(NEW)


def test_impersonation_started_after_the_trainers_deactivation_is_refused(
    admin: User, alice: User
) -> None:
    look = partial(impersonate_trainer, trainer_id=alice.pk, by=admin)

    outcome = run_before_commit(partial(deactivate, alice), look)

    assert isinstance(outcome, NotFound)
    assert active_impersonations() == 0


def test_impersonation_started_before_the_trainers_deactivation_ends_with_it(
    admin: User, alice: User
) -> None:
    look = partial(impersonate_trainer, trainer_id=alice.pk, by=admin)

    run_before_commit(look, partial(deactivate, alice))

    assert active_impersonations() == 0


@pytest.mark.parametrize("end", [reset, deactivate])
def test_impersonation_started_after_the_impersonators_sign_out_is_refused(
    admin: User, alice: User, end: Callable[[User], None]
) -> None:
    asking = get_user_by_claims(claims_of(access_of(admin)))
    look = partial(impersonate_trainer, trainer_id=alice.pk, by=asking)

    outcome = run_before_commit(partial(end, admin), look)

    assert isinstance(outcome, InvalidToken)
    assert active_impersonations() == 0
