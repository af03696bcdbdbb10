from django.db import transaction

from messaging.services.archiving import archive_conversations_for_trainee
from users.coaching import ensure_is_trainer, lock_any_trainee, lock_trainee, set_trainer
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
    trainee = lock_trainee(trainer=trainer, trainee_id=trainee_id)
    _unlink(trainee, trainer)
    return trainee


def _unlink(trainee: User, trainer: User) -> None:
    set_trainer(trainee=trainee, trainer=None)
    archive_conversations_for_trainee(trainer=trainer, trainee=trainee)
    end_sessions(AuthSession.objects.filter(user=trainee, impersonator=trainer))


@transaction.atomic
def assign_trainee(*, trainee: User, trainer: User | None) -> User:
    """
    Give a trainee another trainer, or none; what was written with the old one is archived.

    Going back to an earlier trainer re-opens nothing: the trainer's next first message does. Raises
    TraineeNotFound if the person is no trainee any more, or FieldInvalid if `trainer` is no trainer.
    """
    locked = lock_any_trainee(trainee.pk)
    ensure_is_trainer(trainer)
    if locked.parent_trainer and locked.parent_trainer != trainer:
        _unlink(locked, locked.parent_trainer)
    set_trainer(trainee=locked, trainer=trainer)
    return locked


@transaction.atomic
def look_through_trainee(*, trainer: User, trainee_id: int) -> tuple[AuthSession, TokenPair, User]:
    """
    Begin a look through one's own trainee's account.

    Raises ImpersonationReadOnly, InvalidToken or TraineeNotFound.
    """
    ensure_may_write(trainer)
    ensure_may_begin(trainer)
    # A removal, which ends the trainer's looks, waits for this row or has cleared it.
    trainee = lock_trainee(trainer=trainer, trainee_id=trainee_id)
    session, tokens = start_impersonation(user=trainee, by=trainer)
    return session, tokens, trainee
