from django.db import transaction

from messaging.services.archiving import archive_conversations_for_trainee
from users.client_info import UNKNOWN_CLIENT, ClientInfo
from users.coaching import (
    ensure_may_train,
    lock_any_trainee,
    lock_trainee,
    lock_trainer,
    set_trainer,
)
from users.impersonation import ensure_may_write
from users.models import AuthSession, User
from users.services.sessions import end_sessions, lock_impersonator, start_impersonation
from users.tokens import TokenPair


@transaction.atomic
def remove_trainee(*, trainer: User, trainee_id: int) -> User:
    """
    Clear the trainee's trainer and archive their conversation, in one transaction.

    The trainer's impersonations of this trainee also end. After the commit, the sockets on the
    conversation are closed. Raise ImpersonationReadOnly or TraineeNotFound.
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
def assign_trainee(*, trainee: User, trainer: User | None) -> None:
    """
    Change or clear a trainee's trainer; the conversation with the previous trainer is archived.

    Assigning a trainee to an earlier trainer again does not reopen their conversation; the trainer's
    next message does. Raise TraineeNotFound if the person is no longer a trainee, or FieldInvalid if
    `trainer` is not a trainer, or is deactivated.
    """
    trainer = trainer and lock_trainer(trainer.pk)
    locked = lock_any_trainee(trainee.pk)
    ensure_may_train(trainer, locked)
    if locked.parent_trainer and locked.parent_trainer != trainer:
        _unlink(locked, locked.parent_trainer)
    set_trainer(trainee=locked, trainer=trainer)


@transaction.atomic
def impersonate_trainee(
    *, trainer: User, trainee_id: int, client: ClientInfo = UNKNOWN_CLIENT
) -> tuple[AuthSession, TokenPair, User]:
    """
    Start impersonating one of the trainer's trainees.

    Raise ImpersonationReadOnly, InvalidToken or TraineeNotFound.
    """
    ensure_may_write(trainer)
    lock_impersonator(trainer)
    # A concurrent removal has either committed, or waits for this row and then ends the impersonation.
    trainee = lock_trainee(trainer=trainer, trainee_id=trainee_id)
    session, tokens = start_impersonation(user=trainee, by=trainer, client=client)
    return session, tokens, trainee
