"""A person's role can change only if no trainee, trainer or conversation depends on the old role."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from api.exceptions import FieldInvalid, NotFound
from messaging.models import Conversation
from messaging.services.archiving import archive_conversations
from trainer.exceptions import InvalidInvitation
from trainer.models import Invitation
from trainer.services.joining import accept_invitation
from trainer.services.trainees import assign_trainee, remove_trainee
from users.exceptions import TraineeNotFound
from users.models import User
from users.services.administration import change_account, set_active

TRAINEES = "/admin/trainer/trainee/"


def change(browser: Browser, user: User, **fields: Any) -> dict[str, list[str]]:
    """Submit the form of a person; return its errors, or an empty dict if the changes were stored."""
    form = {"email": user.email, "role": user.role, "is_active": "on", **fields}
    answer: Any = browser.post(f"/admin/users/user/{user.pk}/change/", form)
    if answer.status_code == 302:
        return {}
    return dict(answer.context["adminform"].form.errors)


@pytest.mark.parametrize("role", ["TRAINER", "ADMIN"])
def test_trainee_with_a_trainer_keeps_the_role(superuser: Browser, bob: User, role: str) -> None:
    errors = change(superuser, bob, role=role)

    bob.refresh_from_db()
    assert errors == {
        "role": ["This person has a trainer. Clear the trainer under Trainees first."]
    }
    assert (bob.role, bob.parent_trainer_id is None) == ("TRAINEE", False)


@pytest.mark.parametrize("role", ["TRAINEE", "ADMIN"])
def test_trainer_with_trainees_keeps_the_role(
    superuser: Browser, alice: User, bob: User, role: str
) -> None:
    errors = change(superuser, alice, role=role)

    assert errors == {
        "role": [
            "This person has trainees. Change or clear each trainee's trainer under Trainees first."
        ]
    }


def test_trainer_in_an_active_conversation_keeps_the_role(
    superuser: Browser, alice: User, bob: User, conversation: Conversation
) -> None:
    bob.delete()

    errors = change(superuser, alice, role="TRAINEE")

    assert errors == {
        "role": ["This person has active conversations. Archive them under Conversations first."]
    }
    archive_conversations(Conversation.objects.all())
    assert change(superuser, alice, role="TRAINEE") == {}


def test_role_changes_after_the_removal(
    superuser: Browser, alice: User, bob: User, conversation: Conversation
) -> None:
    superuser.post(f"{TRAINEES}{bob.pk}/change/", {"parent_trainer": ""})

    assert change(superuser, bob, role="TRAINER") == {}
    assert change(superuser, alice, role="TRAINEE") == {}

    conversation.refresh_from_db()
    assert conversation.is_archived
    roles = User.objects.filter(pk__in=[alice.pk, bob.pk]).order_by("pk")
    assert list(roles.values_list("role", flat=True)) == ["TRAINEE", "TRAINER"]


def test_service_uses_the_current_trainer(root: User, alice: User, bob: User) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    as_read = User.objects.get(pk=bob.pk)
    as_read.role = User.Role.TRAINER
    assign_trainee(trainee=bob, trainer=alice)

    with pytest.raises(FieldInvalid, match="has a trainer"):
        change_account(user=as_read, changed=["role"], by=root)


@pytest.mark.parametrize("name", ["charlie", "root", "oneself"])
def test_trainee_is_assigned_to_trainers_only(
    superuser: Browser, root: User, bob: User, charlie: User, name: str
) -> None:
    chosen = {"charlie": charlie, "root": root, "oneself": bob}[name]

    answer: Any = superuser.post(f"{TRAINEES}{bob.pk}/change/", {"parent_trainer": chosen.pk})

    assert answer.context["adminform"].form.errors == {
        "parent_trainer": ["This person is not a trainer."]
    }
    with pytest.raises(FieldInvalid):
        assign_trainee(trainee=bob, trainer=chosen)


def test_deactivated_trainer_keeps_trainees_and_gets_no_others(
    superuser: Browser, alice: User, bob: User, charlie: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    form = {"parent_trainer": alice.pk}

    kept = superuser.post(f"{TRAINEES}{bob.pk}/change/", form)
    refused: Any = superuser.post(f"{TRAINEES}{charlie.pk}/change/", form)

    assert kept.status_code == 302
    assert refused.context["adminform"].form.errors == {
        "parent_trainer": ["This trainer is deactivated. Reactivate the account first."]
    }
    with pytest.raises(FieldInvalid, match="is deactivated"):
        assign_trainee(trainee=charlie, trainer=alice)
    assert list(User.objects.filter(parent_trainer=alice)) == [bob]


def test_trainer_who_was_deleted_meanwhile_gets_no_trainee(bob: User, dora: User) -> None:
    as_read = User.objects.get(pk=dora.pk)
    dora.delete()

    with pytest.raises(FieldInvalid, match="not a trainer"):
        assign_trainee(trainee=bob, trainer=as_read)

    bob.refresh_from_db()
    assert bob.parent_trainer


def test_trainee_can_be_unassigned_from_a_former_trainer(
    superuser: Browser, alice: User, bob: User
) -> None:
    User.objects.filter(pk=alice.pk).update(role=User.Role.ADMIN)

    assert change(superuser, bob, first_name="Robert") == {}
    assert "role" in change(superuser, bob, role="TRAINER")
    superuser.post(f"{TRAINEES}{bob.pk}/change/", {"parent_trainer": ""})

    bob.refresh_from_db()
    assert bob.parent_trainer is None


def test_former_trainee_cannot_be_assigned(alice: User, dora: User) -> None:
    with pytest.raises(TraineeNotFound, match="no longer a trainee, or has been deleted"):
        assign_trainee(trainee=alice, trainer=dora)


def test_invitation_of_a_former_trainer_is_not_accepted(alice: User) -> None:
    Invitation.objects.create(
        trainer=alice,
        email="eve@example.com",
        code_hash=sha256(b"code").hexdigest(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    User.objects.filter(pk=alice.pk).update(role=User.Role.TRAINEE)

    with pytest.raises(InvalidInvitation):
        accept_invitation(
            code="code", password="a-long-secret-3", first_name="Eve", last_name="Tester"
        )


@pytest.mark.parametrize("email", ["Alice@Example.com", " ALICE@EXAMPLE.COM "])
def test_address_of_another_account_is_an_error_in_any_letter_case(
    superuser: Browser, alice: User, bob: User, email: str
) -> None:
    passwords = dict.fromkeys(("password1", "password2"), "a-long-secret-3")
    added: Any = superuser.post(
        "/admin/users/user/add/", {"email": email, "role": "TRAINER", **passwords}
    )

    assert set(added.context["adminform"].form.errors) == {"email"}
    assert set(change(superuser, bob, email=email)) == {"email"}


def test_address_taken_after_validation_is_an_error(root: User, alice: User, bob: User) -> None:
    bob.email = alice.email

    with pytest.raises(FieldInvalid, match="Another account already uses this email address"):
        change_account(user=bob, changed=["email"], by=root)


def test_address_too_long_in_lower_case_is_an_error(superuser: Browser, bob: User) -> None:
    label = "\u0130" * 31
    email = "a@" + ".".join([label] * 7) + ".com"
    assert len(email) <= 254 < len(email.lower())

    assert set(change(superuser, bob, email=email)) == {"email"}


def test_person_deleted_meanwhile_is_an_error(root: User, bob: User) -> None:
    as_read = User.objects.get(pk=bob.pk)
    bob.delete()

    with pytest.raises(NotFound):
        change_account(user=as_read, changed=["first_name"], by=root)
    with pytest.raises(NotFound):
        set_active(user=as_read, is_active=False, by=root)
