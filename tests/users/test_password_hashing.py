"""Passwords are hashed without locks, and concurrent changes are detected."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client as Browser
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from api.exceptions import FieldInvalid
from tests.factories import PASSWORD, make_person, make_trainee, make_trainer
from tests.trainer.test_invitations import EVE, code_of
from tests.users.hashers import WatchfulHasher
from trainer.exceptions import AlreadyHasTrainer, InvalidInvitation
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee
from trainer.services.joining import accept_invitation
from users.exceptions import InvalidResetLink, InvalidToken
from users.models import AuthSession, User
from users.services.accounts import deactivate_user, reset_password, set_password
from users.services.sessions import begin_session, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "another-long-secret-2"


@pytest.fixture(autouse=True)
def hasher(settings: Any) -> Iterator[type[WatchfulHasher]]:
    settings.PASSWORD_HASHERS = ["tests.users.hashers.WatchfulHasher"]
    yield WatchfulHasher
    WatchfulHasher.seen.clear()
    WatchfulHasher.meanwhile.clear()


def link_of(user: User) -> dict[str, Any]:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return {"uid": uid, "token": default_token_generator.make_token(user)}


def change(user: User) -> None:
    set_password(user=user, current_password=PASSWORD, new_password=NEW)


def reset(user: User) -> None:
    reset_password(**link_of(user), new_password=NEW)


def signing_in(user: User) -> None:
    sign_in(email=user.email, password=PASSWORD)


def join(user: User) -> None:
    invite_trainee(trainer=make_trainer("fred"), email="eve@example.com")
    accept_invitation(code=code_of(), **EVE)


def rejoin(user: User) -> None:
    make_trainee("eve", None)
    join(user)


def set_by_admin(user: User) -> None:
    """Set a new password for a user, in the admin."""
    browser = Browser()
    browser.force_login(make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True))
    passwords = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert browser.post(f"/admin/users/user/{user.pk}/password/", passwords).status_code == 302


@pytest.mark.parametrize("act", [change, reset, signing_in, join, rejoin, set_by_admin])
def test_no_password_is_hashed_within_a_transaction(
    bob: User, hasher: type[WatchfulHasher], act: Callable[[User], None]
) -> None:
    hasher.seen.clear()

    act(bob)

    assert hasher.seen
    assert {is_locked for _, is_locked in hasher.seen} == {False}


def store_another(user: User) -> None:
    User.objects.filter(pk=user.pk).update(password="md5$salt$another")


@pytest.mark.parametrize(
    ("meanwhile", "expected"), [(store_another, FieldInvalid), (deactivate_user, InvalidToken)]
)
def test_change_detects_changes_made_during_hashing(
    bob: User, hasher: type[WatchfulHasher], meanwhile: Callable[..., None], expected: type
) -> None:
    begin_session(user=bob)
    act = partial(deactivate_user, user=bob) if meanwhile is deactivate_user else None
    hasher.meanwhile.append(act or partial(meanwhile, bob))

    with pytest.raises(expected):
        change(bob)

    bob.refresh_from_db()
    assert not bob.check_password(NEW)
    ended = AuthSession.objects.filter(user=bob, ended_at__isnull=False).count()
    assert ended == (1 if meanwhile is deactivate_user else 0)


def test_link_used_during_hashing_is_refused(bob: User, hasher: type[WatchfulHasher]) -> None:
    link = link_of(bob)
    first = partial(reset_password, **link, new_password="the-first-secret-3")
    hasher.meanwhile.append(first)

    with pytest.raises(InvalidResetLink):
        reset_password(**link, new_password=NEW)

    bob.refresh_from_db()
    assert bob.check_password("the-first-secret-3")


def test_invitation_withdrawn_during_hashing_is_invalid(
    alice: User, hasher: type[WatchfulHasher]
) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")
    hasher.meanwhile.append(Invitation.objects.all().delete)

    with pytest.raises(InvalidInvitation):
        accept_invitation(code=code_of(), **EVE)

    assert not User.objects.filter(email="eve@example.com").exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"password": "md5$salt$another"}, FieldInvalid),
        ({"is_active": False}, AlreadyHasTrainer),
        ({"role": User.Role.TRAINER}, AlreadyHasTrainer),
    ],
)
def test_former_trainee_changed_during_hashing_does_not_join(
    alice: User, hasher: type[WatchfulHasher], changes: dict[str, Any], expected: type
) -> None:
    eve = make_trainee("eve", None)
    invite_trainee(trainer=alice, email=eve.email)
    hasher.meanwhile.append(partial(User.objects.filter(pk=eve.pk).update, **changes))

    with pytest.raises(expected):
        accept_invitation(code=code_of(), **EVE)

    eve.refresh_from_db()
    assert eve.parent_trainer is None
    assert Invitation.objects.get().accepted_at is None


def test_account_created_during_hashing_is_not_overwritten(
    alice: User, hasher: type[WatchfulHasher]
) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")
    hasher.meanwhile.append(partial(make_trainee, "eve", None))

    with pytest.raises(AlreadyHasTrainer):
        accept_invitation(code=code_of(), **EVE)

    assert User.objects.get(email="eve@example.com").parent_trainer is None
