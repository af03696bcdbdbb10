"""
Queries, locks and rules for the trainer of each trainee, which is stored in `parent_trainer`.

Code that starts or reopens a conversation, or that removes or impersonates a trainee, first locks the
trainee's row. Such code therefore sees the trainer as of the last commit.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from users.exceptions import TraineeNotFound
from users.models import User


def trainees_of(trainer: User) -> QuerySet[User]:
    """Return a trainer's current trainees."""
    return User.objects.filter(parent_trainer=trainer, role=User.Role.TRAINEE)


def lock_trainee(*, trainer: User, trainee_id: int) -> User:
    """Lock and return one of the trainer's trainees; raise TraineeNotFound."""
    trainee = trainees_of(trainer).select_for_update(no_key=True).filter(pk=trainee_id).first()
    if trainee is None:
        raise TraineeNotFound
    return trainee


def lock_any_trainee(trainee_id: int) -> User:
    """Lock and return a trainee, with any trainer or none; raise TraineeNotFound."""
    trainees = User.objects.filter(pk=trainee_id, role=User.Role.TRAINEE, erased_at=None)
    trainee = trainees.select_for_update(no_key=True).first()
    if trainee is None:
        raise TraineeNotFound(_("This person is no longer a trainee, or has been deleted."))
    return trainee


def lock_trainer(trainer_id: int) -> User:
    """
    Lock and return a person who is to get a trainee, so that their role cannot change meanwhile.

    Callers lock this row before those of trainees, as `lock_with_trainees` does. Raise FieldInvalid if
    the person has been deleted.
    """
    trainer = User.objects.select_for_update(no_key=True).filter(pk=trainer_id).first()
    if trainer is None:
        raise FieldInvalid("parent_trainer", _("This person is not a trainer."))
    return trainer


def lock_trainer_ids(trainee_ids: Iterable[int]) -> dict[int, int | None]:
    """Lock trainees in the order of their ids; return {trainee id: trainer id}."""
    trainees = User.objects.filter(pk__in=list(trainee_ids))
    locked = trainees.select_for_update(no_key=True).order_by("pk")
    return {each.pk: each.parent_trainer_id for each in locked}


def lock_with_trainees(user: User) -> None:
    """
    Lock a person's row, then the rows of their trainees, before the person is deleted.

    The trainees' rows are locked too, because the deletion clears their trainer. The locks are FOR NO
    KEY UPDATE. With FOR UPDATE, the deletion could deadlock with a transaction that sends a message
    from the same person: the deletion waits for the conversation's row, which the sending transaction
    has locked, and the sending transaction would wait for the person's row, because the new message
    references it.
    """
    people = User.objects.select_for_update(no_key=True).order_by("pk")
    people.filter(pk=user.pk).first()
    list(people.filter(parent_trainer=user))


def set_trainer(*, trainee: User, trainer: User | None) -> None:
    """
    Set or clear the trainer of a trainee. The caller has locked the rows of both.

    Raise FieldInvalid if `trainer` cannot be their trainer.
    """
    ensure_may_train(trainer, trainee)
    trainee.parent_trainer = trainer
    trainee.save(update_fields=["parent_trainer"])


def may_train(person: User) -> bool:
    """Return whether a person can invite trainees, and whether these can join."""
    return person.is_active and person.is_trainer


def ensure_may_train(person: User | None, trainee: User) -> None:
    """
    Raise FieldInvalid if `person` cannot be the trainer of `trainee`. Accept None, which means no trainer.

    A deactivated trainer keeps their trainees, but gets no others.
    """
    if person is None:
        return
    if not person.is_trainer or person.erased_at:
        raise FieldInvalid("parent_trainer", _("This person is not a trainer."))
    if not person.is_active and trainee.parent_trainer_id != person.pk:
        raise FieldInvalid(
            "parent_trainer", _("This trainer is deactivated. Reactivate the account first.")
        )


def ensure_role_may_change(user: User) -> None:
    """Raise FieldInvalid if the user has a trainer or trainees."""
    if user.parent_trainer_id:
        raise FieldInvalid(
            "role", _("This person has a trainer. Clear the trainer under Trainees first.")
        )
    if User.objects.filter(parent_trainer=user).exists():
        raise FieldInvalid(
            "role",
            _(
                "This person has trainees. Change or clear each trainee's trainer under Trainees first."
            ),
        )
