from django.db import transaction

from api.exceptions import FieldInvalid
from messaging.exceptions import TraineeNotFound
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.sending import lock_trainee
from users.models import AuthSession, User
from users.services.accounts import ensure_may_write
from users.services.sessions import end_sessions, ensure_may_begin, start_impersonation
from users.tokens import TokenPair


@transaction.atomic
def remove_trainee(*, trainer: User, trainee_id: int) -> User:
    """
    Archive the conversation and clear the trainee's trainer, in one transaction; close the sockets.

    A look that the trainer takes through this trainee's account ends with it. Raises
    ImpersonationReadOnly or TraineeNotFound.
    """
    ensure_may_write(trainer)
    trainee = lock_trainee(trainer, trainee_id)
    _unlink(trainee, trainer)
    return trainee


def _unlink(trainee: User, trainer: User) -> None:
    trainee.parent_trainer = None
    trainee.save(update_fields=["parent_trainer"])
    archive_conversations_for_trainee(trainer=trainer, trainee=trainee)
    end_sessions(AuthSession.objects.filter(user=trainee, impersonator=trainer))


@transaction.atomic
def assign_trainee(*, trainee: User, trainer: User | None) -> User:
    """
    Give a trainee another trainer, or none; what was written with the old one is archived.

    Going back to an earlier trainer re-opens nothing: the trainer's next first message does. Raises
    TraineeNotFound if the person is no trainee any more, or FieldInvalid if `trainer` is no trainer.
    """
    people = User.objects.select_for_update(no_key=True)
    locked = people.filter(pk=trainee.pk, role=User.Role.TRAINEE).first()
    if locked is None:
        raise TraineeNotFound
    ensure_can_be_trainer(trainer)
    if locked.parent_trainer and locked.parent_trainer != trainer:
        _unlink(locked, locked.parent_trainer)
    locked.parent_trainer = trainer
    locked.save(update_fields=["parent_trainer"])
    return locked


def ensure_can_be_trainer(person: User | None) -> None:
    """Raise FieldInvalid for a person who is no trainer; None means that there is none, which may be."""
    if person and not person.is_trainer:
        raise FieldInvalid("parent_trainer", "This person is no trainer.")


@transaction.atomic
def look_through_trainee(*, trainer: User, trainee_id: int) -> tuple[AuthSession, TokenPair, User]:
    """
    Begin a look through one's own trainee's account.

    Raises ImpersonationReadOnly, InvalidToken or TraineeNotFound.
    """
    ensure_may_write(trainer)
    ensure_may_begin(trainer)
    # A removal, which ends the trainer's looks, waits for this row or has cleared it.
    trainee = lock_trainee(trainer, trainee_id)
    session, tokens = start_impersonation(user=trainee, by=trainer)
    return session, tokens, trainee
