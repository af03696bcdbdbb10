"""
Who coaches whom: the one module that reads and writes a trainee's trainer.

The trainee's row is the lock. Whatever depends on the pair (a first message, a removal, an
impersonation, a re-opening) locks it first, so it sees the trainer as of the last commit.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from users.exceptions import TraineeNotFound
from users.models import User


def trainees_of(trainer: User) -> QuerySet[User]:
    """Return the trainees whom a trainer coaches now."""
    return User.objects.filter(parent_trainer=trainer, role=User.Role.TRAINEE)


def lock_trainee(*, trainer: User, trainee_id: int) -> User:
    """Lock the row of a trainer's own trainee and return it; raise TraineeNotFound."""
    trainee = trainees_of(trainer).select_for_update(no_key=True).filter(pk=trainee_id).first()
    if trainee is None:
        raise TraineeNotFound
    return trainee


def lock_any_trainee(trainee_id: int) -> User:
    """Lock a trainee's row, whoever the trainer is, and return it; raise TraineeNotFound."""
    trainees = User.objects.filter(pk=trainee_id, role=User.Role.TRAINEE)
    trainee = trainees.select_for_update(no_key=True).first()
    if trainee is None:
        raise TraineeNotFound
    return trainee


def lock_trainer_ids(trainee_ids: Iterable[int]) -> dict[int, int | None]:
    """Lock the rows of trainees in the order of their ids; return the id of each one's trainer."""
    trainees = User.objects.filter(pk__in=list(trainee_ids))
    locked = trainees.select_for_update(no_key=True).order_by("pk")
    return {each.pk: each.parent_trainer_id for each in locked}


def lock_with_trainees(user: User) -> None:
    """
    Lock a person's row, then those of the trainees whom the person's deletion will unlink.

    Without the key: a message that the person is just sending refers to this row as it commits, and
    has locked the conversation, for which the deletion waits.
    """
    people = User.objects.select_for_update(no_key=True).order_by("pk")
    people.filter(pk=user.pk).first()
    list(people.filter(parent_trainer=user))


def set_trainer(*, trainee: User, trainer: User | None) -> None:
    """Store the trainer of a trainee whose row is locked; raise FieldInvalid if `trainer` is none."""
    ensure_is_trainer(trainer)
    trainee.parent_trainer = trainer
    trainee.save(update_fields=["parent_trainer"])


def ensure_is_trainer(person: User | None) -> None:
    """Raise FieldInvalid for a person who is not a trainer; None, for no trainer, passes."""
    if person and not person.is_trainer:
        raise FieldInvalid("parent_trainer", _("This person is not a trainer."))


def ensure_role_may_change(user: User) -> None:
    """Raise FieldInvalid while somebody coaches or is coached: first they must be unlinked."""
    if user.parent_trainer_id:
        raise FieldInvalid(
            "role", _("This person has a trainer. Remove the trainer under Trainees first.")
        )
    if User.objects.filter(parent_trainer=user).exists():
        raise FieldInvalid(
            "role", _("This person has trainees. Move or remove them under Trainees first.")
        )
