"""What the services for staff change, and what they leave alone."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.factories import make_person, tokens_of
from tests.messaging.announcements import list_kinds, to
from users.models import AuthSession, User
from users.services.accounts import deactivate_user, reactivate_user
from users.services.administration import change_account, erase_account
from users.services.erasure import MessageChoice


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_change_that_deactivates_closes_sockets_even_without_a_session(
    root: User, bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    bob.is_active = False

    with django_capture_on_commit_callbacks() as callbacks:
        change_account(user=bob, changed=["is_active"], by=root)

    assert to(bob, "access.changed") in list_kinds(callbacks)


def test_change_that_deactivates_records_the_end_of_the_sessions(root: User, bob: User) -> None:
    tokens_of(bob)
    bob.is_active = False

    change_account(user=bob, changed=["is_active"], by=root)

    assert AuthSession.objects.get().ended_at


def test_change_that_reactivates_leaves_the_account_active(root: User, bob: User) -> None:
    deactivate_user(user=bob)
    form = fresh(bob)
    form.is_active = True

    change_account(user=form, changed=["is_active"], by=root)

    assert fresh(bob).is_active


def test_other_change_does_not_undo_a_concurrent_reactivation(root: User, bob: User) -> None:
    deactivate_user(user=bob)
    form = fresh(bob)
    reactivate_user(user=fresh(bob))
    form.first_name = "Bobby"

    change_account(user=form, changed=["first_name"], by=root)

    assert (fresh(bob).first_name, fresh(bob).is_active) == ("Bobby", True)


def test_erasure_leaves_the_sessions_of_others_alone(root: User, alice: User, bob: User) -> None:
    for user in (alice, bob):
        tokens_of(user)

    erase_account(user=bob, messages=MessageChoice.KEEP, by=root)

    assert AuthSession.objects.alive().get().user == alice
