"""Invitations of before a trainer's access ended can no longer be accepted, even after it was restored."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tests.conftest import Client
from tests.factories import PASSWORD, make_person
from tests.refusals import refusal
from tests.users.ends import ENDS, End, demote, demote_in_the_database, update
from trainer.codes import make_code
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee, resend_invitation
from users.models import User

ACCEPT = "/api/auth/invitations/accept/"
EVE = {"password": PASSWORD, "first_name": "Eve", "last_name": "New"}
DEAD_LINK = refusal(
    "This invitation is no longer valid. Please ask your trainer for a new one.",
    "invalid_invitation",
)


def leave_and_return(user: User) -> None:
    """Lose the role of a trainer, and get it back."""
    update(user, role=User.Role.ADMIN)
    update(user, role=User.Role.TRAINER)


OF_A_TRAINER = [each for each in ENDS if each not in (demote, demote_in_the_database)]


@pytest.fixture
def trainer(db: None) -> User:
    return make_person("tess", role=User.Role.TRAINER, is_staff=True, is_superuser=True)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("end", [*OF_A_TRAINER, leave_and_return])
def test_invitation_of_before_the_end_is_invalid(api: Client, trainer: User, end: End) -> None:
    invitation, _ = invite_trainee(trainer=trainer, email="eve@example.com")

    end(fresh(trainer))

    response = api.post(ACCEPT, {"code": make_code(invitation), **EVE})
    (row,) = Client().as_user(fresh(trainer)).get("/api/trainer/invitations/").json()["results"]
    assert (response.status_code, response.json()) == (400, DEAD_LINK)
    assert (row["status"], row["is_expired"], row["invitation_code"]) == ("pending", True, "")
    assert not User.objects.filter(email="eve@example.com").exists()


def test_invitation_that_is_sent_again_after_the_end_is_valid(api: Client, trainer: User) -> None:
    invitation, _ = invite_trainee(trainer=trainer, email="eve@example.com")
    leave_and_return(trainer)

    renewed = resend_invitation(trainer=fresh(trainer), invitation_id=invitation.pk)

    assert api.post(ACCEPT, {"code": make_code(renewed), **EVE}).status_code == 201


def test_other_changes_of_a_trainer_leave_invitations_valid(api: Client, trainer: User) -> None:
    invitation, _ = invite_trainee(trainer=trainer, email="eve@example.com")

    update(trainer, first_name="Tessa", email="tessa@example.com")

    assert api.post(ACCEPT, {"code": make_code(invitation), **EVE}).status_code == 201


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The models before invitations had an epoch. The latest state is restored afterwards."""
    executor = MigrationExecutor(connection)
    executor.migrate([("trainer", "0002_invitation_lifetime")])
    yield executor.loader.project_state([("trainer", "0002_invitation_lifetime")]).apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_open_invitations_get_the_epoch_of_their_trainer(before: Any, trainer: User) -> None:
    update(trainer, is_active=False)
    later = timezone.now() + timedelta(days=1)
    old = before.get_model("trainer", "Invitation").objects.create(
        trainer_id=trainer.pk, email="eve@example.com", code_hash="x", expires_at=later
    )

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    assert Invitation.objects.get(pk=old.pk).trainer_epoch == 1
    assert Invitation.objects.open().filter(pk=old.pk).exists()


def test_invitation_of_an_old_process_is_valid(api: Client, trainer: User) -> None:
    invitation, _ = invite_trainee(trainer=trainer, email="eve@example.com")
    Invitation.objects.update(trainer_epoch=None)
    update(trainer, first_name="Tessa")

    assert api.post(ACCEPT, {"code": make_code(invitation), **EVE}).status_code == 201
