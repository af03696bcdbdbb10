"""Who is invited again gets the message of the first invitation, unless the trainer writes a new one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import Client
from tests.factories import PASSWORD
from tests.users.post import link_in, wait_for_mail
from trainer.codes import make_code
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee, resend_invitation, withdraw_invitation
from trainer.services.joining import accept_invitation
from trainer.services.trainees import remove_trainee
from users.models import User

pytestmark = pytest.mark.django_db

ACCEPT = "/api/auth/invitations/accept/"
EVE: dict[str, Any] = {"password": PASSWORD, "first_name": "Eve", "last_name": "New"}
EMAIL = "eve@example.com"


def leave_pending(invitation: Invitation) -> None:
    """Leave the invitation as it is."""


def expire(invitation: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))


def withdraw(invitation: Invitation) -> None:
    withdraw_invitation(trainer=invitation.trainer, invitation_id=invitation.pk)


def join_and_be_removed(invitation: Invitation) -> None:
    eve = accept_invitation(code=make_code(invitation), **EVE).user
    remove_trainee(trainer=invitation.trainer, trainee_id=eve.pk)


every_past = pytest.mark.parametrize(
    ("past", "is_new"),
    [(leave_pending, False), (expire, False), (withdraw, True), (join_and_be_removed, True)],
)


@every_past
def test_message_of_the_first_invitation_is_kept(
    alice: User, past: Callable[[Invitation], None], is_new: bool
) -> None:
    first, _ = invite_trainee(trainer=alice, email=EMAIL, message="Join us!")
    past(first)

    again, created = invite_trainee(trainer=alice, email=EMAIL)

    assert (again.message, created) == ("Join us!", is_new)
    assert "Join us!" in wait_for_mail().body


@every_past
def test_new_message_replaces_the_first(
    alice: User, past: Callable[[Invitation], None], is_new: bool
) -> None:
    first, _ = invite_trainee(trainer=alice, email=EMAIL, message="Join us!")
    past(first)

    again, _ = invite_trainee(trainer=alice, email=EMAIL, message="Come back!")

    assert again.message == "Come back!"
    assert "Join us!" not in wait_for_mail().body


@every_past
def test_link_of_the_new_invitation_works(
    api: Client, alice: User, past: Callable[[Invitation], None], is_new: bool
) -> None:
    first, _ = invite_trainee(trainer=alice, email=EMAIL)
    past(first)

    again, _ = invite_trainee(trainer=alice, email=EMAIL)

    (row,) = [each for each in list_of(alice) if each["status"] == "pending"]
    assert row["link"] == link_in(wait_for_mail())
    assert api.post(ACCEPT, {"code": make_code(again), **EVE}).status_code == 201


def list_of(trainer: User) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = (
        Client().as_user(trainer).get("/api/trainer/invitations/").json()["results"]
    )
    return rows


def test_resent_invitation_keeps_its_message(alice: User) -> None:
    first, _ = invite_trainee(trainer=alice, email=EMAIL, message="Join us!")

    again = resend_invitation(trainer=alice, invitation_id=first.pk)

    assert again.message == "Join us!"


def test_message_of_another_trainer_is_not_used(alice: User, dora: User) -> None:
    join_and_be_removed(invite_trainee(trainer=alice, email=EMAIL, message="Join us!")[0])

    again, _ = invite_trainee(trainer=dora, email=EMAIL)

    assert again.message == ""


def test_invitation_after_a_withdrawal_counts_as_new(alice: User) -> None:
    first, _ = invite_trainee(trainer=alice, email=EMAIL)
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=5))
    withdraw(first)

    again, _ = invite_trainee(trainer=alice, email=EMAIL)

    assert (again.pk, again.is_cancelled) == (first.pk, False)
    assert timezone.now() - again.created_at < timedelta(hours=1)


def test_invitation_that_the_previous_release_renewed_is_valid(api: Client, alice: User) -> None:
    first, _ = invite_trainee(trainer=alice, email=EMAIL)
    withdraw(first)
    again, _ = invite_trainee(trainer=alice, email=EMAIL)
    Invitation.objects.update(cancelled_at=timezone.now())  # left behind by that release

    assert [each["status"] for each in list_of(alice)] == ["pending"]
    assert api.post(ACCEPT, {"code": make_code(again), **EVE}).status_code == 201
