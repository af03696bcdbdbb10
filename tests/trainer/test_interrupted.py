"""A write that is interrupted between two statements changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from messaging.models import Conversation
from tests.admin.pages import snapshot
from tests.factories import impersonate, make_person, tokens_of
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee, resend_invitation, withdraw_invitation
from trainer.services.trainees import assign_trainee, remove_trainee
from users.models import User
from users.services.accounts import deactivate_user, store_password
from users.services.administration import change_account, erase_account, set_active
from users.services.erasure import MessageChoice
from users.services.sessions import begin_session

pytestmark = pytest.mark.django_db(transaction=True)


class Interrupted(Exception):
    pass


class Interruption:
    """Lets some statements that write pass, and raises Interrupted at the next."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "WITH")):
            if not self.left:
                raise Interrupted
            self.left -= 1
        return execute(sql, *args)


def set_password(user: User) -> None:
    user.set_password("another-long-secret-2")
    store_password(user=user)


def change(user: User, by: User) -> None:
    user.first_name, user.is_active = "Robert", False
    change_account(user=user, changed=["first_name", "is_active"], by=by)


def invitation_id() -> int:
    return Invitation.objects.get().pk


SERVICES: dict[str, Callable[[User, User, User], object]] = {
    "invite": lambda alice, bob, root: invite_trainee(trainer=alice, email="fred@example.com"),
    "resend": lambda alice, bob, root: resend_invitation(
        trainer=alice, invitation_id=invitation_id()
    ),
    "withdraw": lambda alice, bob, root: withdraw_invitation(
        trainer=alice, invitation_id=invitation_id()
    ),
    "remove": lambda alice, bob, root: remove_trainee(trainer=alice, trainee_id=bob.pk),
    "assign": lambda alice, bob, root: assign_trainee(trainee=bob, trainer=None),
    "password": lambda alice, bob, root: set_password(bob),
    "deactivate": lambda alice, bob, root: deactivate_user(user=bob),
    "set active": lambda alice, bob, root: set_active(user=bob, is_active=False, by=root),
    "sign in": lambda alice, bob, root: begin_session(user=bob),
    "change": lambda alice, bob, root: change(bob, by=root),
    "erase": lambda alice, bob, root: erase_account(user=bob, messages=MessageChoice.KEEP, by=root),
}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_interrupted_write_changes_nothing(
    service: Callable[[User, User, User], object],
    alice: User,
    bob: User,
    conversation: Conversation,
) -> None:
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    invite_trainee(trainer=alice, email="eve@example.com")
    tokens_of(bob)
    impersonate(bob, by=alice)
    before, writes = snapshot(), 0

    while True:
        try:
            with connection.execute_wrapper(Interruption(writes)):
                service(alice, User.objects.get(pk=bob.pk), root)
            break
        except Interrupted:
            assert snapshot() == before
            writes += 1

    assert writes
    assert snapshot() != before
