"""How a trainee joins a trainer: with the code from an emailed link, or from a link passed on."""

from collections.abc import Callable
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from messaging.services.joining import open_joined_conversation
from trainer.codes import hash_code
from trainer.exceptions import AlreadyHasTrainer, InvalidInvitation
from trainer.models import Invitation
from users.client_info import UNKNOWN_CLIENT, ClientInfo
from users.coaching import may_train, set_trainer
from users.locking import lock_account
from users.models import User
from users.services.accounts import check_password_strength
from users.services.sessions import begin_session
from users.sign_in_limits import count_account, forgive
from users.tokens import TokenPair


class Joined(NamedTuple):
    """A trainee who has just joined and is signed in, and the conversation with the trainer."""

    user: User
    tokens: TokenPair
    conversation_id: int


def accept_invitation(
    *,
    code: str,
    password: str,
    first_name: str,
    last_name: str,
    client: ClientInfo = UNKNOWN_CLIENT,
) -> Joined:
    """
    Join a trainer with the code from an emailed link, open the conversation with them, and sign in.

    If the invited address has no account, create one. An existing account must belong to a trainee
    without a trainer, and `password` must be the password of that account. Checking the password counts
    as a sign-in attempt. Passwords are hashed while no row is locked. Raise InvalidInvitation,
    AlreadyHasTrainer, FieldInvalid or TooFast.
    """
    invitation, known = _read_invitation(code)
    if known:
        _check_rejoining(known, password, invitation.trainer, client)
        return _accept(code, known, join=_rejoin, client=client)
    newcomer = User(email=invitation.email, first_name=first_name, last_name=last_name)
    check_password_strength(password, newcomer)
    newcomer.set_password(password)
    return _accept(code, newcomer, join=_join, client=client)


@transaction.atomic
def _read_invitation(code: str) -> tuple[Invitation, User | None]:
    """
    Return the open invitation with this code, and the user (or None) with the invited address.

    Both are read under the invitation's lock. Raise InvalidInvitation if no invitation with this code
    can be accepted.
    """
    invitation = _lock_open(code)
    return invitation, User.objects.filter(email=invitation.email).first()


def _lock_open(code: str) -> Invitation:
    invitation = (
        Invitation.objects.open()
        .select_for_update(of=("self",))
        .filter(code_hash=hash_code(code))
        .first()
    )
    if invitation is None or not may_train(invitation.trainer):
        raise InvalidInvitation
    return invitation


def _check_rejoining(user: User, password: str, trainer: User, client: ClientInfo) -> None:
    """
    Check that an existing user may join a trainer; checking the password counts as a sign-in attempt.

    Raise AlreadyHasTrainer if the user may not join, TooFast if there have been too many attempts, or
    FieldInvalid if the password is wrong.
    """
    _ensure_may_join(user, trainer)
    count_account(client, user.email)
    if not user.check_password(password):
        raise _wrong_password()
    forgive(client, user.email)


def _wrong_password() -> FieldInvalid:
    return FieldInvalid(
        "password", _("You already have an account. Use its password, or reset your password.")
    )


def _ensure_may_join(user: User, trainer: User) -> None:
    """Raise AlreadyHasTrainer unless the user is an active trainee without a trainer."""
    if user.parent_trainer_id == trainer.pk and user.is_active:
        raise AlreadyHasTrainer(_("You have already joined this trainer. Sign in instead."))
    if user.role != User.Role.TRAINEE or user.parent_trainer_id or not user.is_active:
        raise AlreadyHasTrainer


@transaction.atomic
def _accept(
    code: str, user: User, *, join: Callable[[User, Invitation], None], client: ClientInfo
) -> Joined:
    """
    Accept an invitation: call `join` to give the user the trainer, open their conversation, and sign in.

    The trainer's row is locked before the invitation's, as an erasure does. Raise InvalidInvitation if the
    invitation can no longer be accepted; `join` may raise other errors.
    """
    _lock_trainer(code)
    invitation = _lock_open(code)
    join(user, invitation)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    conversation = open_joined_conversation(trainer=invitation.trainer, trainee=user)
    return Joined(user, begin_session(user=user, client=client), conversation.pk)


def _lock_trainer(code: str) -> None:
    """Lock the row of the trainer who sent an invitation, so that their role cannot change meanwhile."""
    sent = Invitation.objects.filter(code_hash=hash_code(code))
    User.objects.select_for_update(no_key=True).filter(pk__in=sent.values("trainer")).first()


def _rejoin(user: User, invitation: Invitation) -> None:
    """
    Set an existing user's trainer to the one who sent the invitation.

    Raise AlreadyHasTrainer if the user has a trainer, is no trainee, or was deactivated or deleted. Raise
    FieldInvalid if the access epoch has changed since `_check_rejoining` checked the user's password.
    """
    locked = lock_account(user)
    if locked is None:
        raise AlreadyHasTrainer
    _ensure_may_join(locked, invitation.trainer)
    if locked.access_epoch != user.access_epoch:
        raise _wrong_password()
    set_trainer(trainee=user, trainer=invitation.trainer)


def _join(user: User, invitation: Invitation) -> None:
    user.parent_trainer = invitation.trainer
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyHasTrainer from error
