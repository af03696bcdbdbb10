import secrets
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid, TooFast
from api.throttling import hit, refund
from jobs.exceptions import GiveUp
from jobs.services.enqueueing import enqueue
from trainer.codes import get_valid_code, hash_code, make_code
from trainer.emails import compose_invitation_email
from trainer.exceptions import (
    AlreadyHasTrainer,
    AlreadyYourTrainee,
    InvalidInvitation,
    InvitationNotFound,
)
from trainer.models import EmailStatus, Invitation
from users.client_info import UNKNOWN_CLIENT, ClientInfo
from users.coaching import set_trainer, trainees_of
from users.impersonation import ensure_may_write
from users.links import make_link
from users.locking import lock_account
from users.mailer import send_email
from users.models import User, normalize_email
from users.services.accounts import check_password_strength
from users.services.sessions import begin_session
from users.sign_in_limits import count_account, forgive
from users.tokens import TokenPair

DEFAULT_DAYS = 7


@transaction.atomic
def invite_trainee(
    *, trainer: User, email: str, message: str = "", expires_days: int = DEFAULT_DAYS
) -> tuple[Invitation, bool]:
    """
    Email a link that is valid for `expires_days`; return the invitation and whether it is new.

    If the trainer has invited this address before, renew that invitation instead of creating another,
    unless it was accepted. An expired invitation is renewed too. The caller does not learn whether the
    address has an account. An empty `message` keeps the one of a pending invitation. Raise
    ImpersonationReadOnly, AlreadyYourTrainee or TooFast.
    """
    ensure_may_write(trainer)
    email = normalize_email(email)
    if trainees_of(trainer).filter(email=email).exists():
        raise AlreadyYourTrainee
    _count_email(trainer, email)
    invitation, created = Invitation.objects.select_for_update().get_or_create(
        trainer=trainer,
        email=email,
        accepted_at=None,
        defaults={"code_hash": secrets.token_hex(32), "expires_at": timezone.now()},
    )
    invitation.message = message or invitation.message
    invitation.lifetime_days = expires_days
    _renew(invitation, trainer)
    return invitation, created


@transaction.atomic
def resend_invitation(*, trainer: User, invitation_id: int) -> Invitation:
    """
    Email a new link, which is valid as long as the old one was at first; the old one stops working.

    Raise ImpersonationReadOnly, InvitationNotFound or TooFast.
    """
    ensure_may_write(trainer)
    invitation = _lock_pending(trainer, invitation_id)
    _count_email(trainer, invitation.email)
    _renew(invitation, trainer)
    return invitation


def _count_email(trainer: User, email: str) -> None:
    """
    Count an email towards the limits of its sender and of its address; raise TooFast.

    The second limit counts the emails of all trainers, so that nobody can be flooded.
    """
    hit("invitations", trainer.pk)
    try:
        hit("invitations_address", email)
    except TooFast:
        refund("invitations", trainer.pk)
        raise


@transaction.atomic
def withdraw_invitation(*, trainer: User, invitation_id: int) -> None:
    """
    Delete a pending invitation, so that its link stops working.

    Raise ImpersonationReadOnly or InvitationNotFound.
    """
    ensure_may_write(trainer)
    _lock_pending(trainer, invitation_id).delete()


def _lock_pending(trainer: User, invitation_id: int) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update()
        .filter(pk=invitation_id, trainer=trainer, accepted_at=None)
        .first()
    )
    if invitation is None:
        raise InvitationNotFound
    return invitation


def _renew(invitation: Invitation, trainer: User) -> None:
    invitation.expires_at = timezone.now() + timedelta(days=invitation.lifetime_days)
    invitation.code_hash = hash_code(make_code(invitation))
    invitation.trainer_epoch = trainer.access_epoch
    invitation.email_status = EmailStatus.WAITING
    invitation.save()
    pk = invitation.pk
    enqueue(kind="trainer.mail_invitation", args={"invitation_id": pk}, key=str(pk))


def mail_invitation(*, invitation_id: int) -> None:
    """
    Email an invitation's link.

    Do nothing if the invitation was withdrawn, was accepted or has expired. Do nothing if its trainer
    has been deactivated or is no longer a trainer. Raise GiveUp if the mail server permanently refuses
    the address. Also raise GiveUp if the signing key has changed, because the link's code then cannot be
    computed. The invitation stores whether the email was sent, or failed for now.
    """
    invitation = Invitation.objects.open().filter(pk=invitation_id).first()
    if invitation is None or not _may_train(invitation.trainer):
        return
    try:
        _mail(invitation)
    except Exception:
        _record_email(invitation, EmailStatus.FAILED)
        raise
    _record_email(invitation, EmailStatus.SENT)


def _mail(invitation: Invitation) -> None:
    code = get_valid_code(invitation)
    if not code:
        raise GiveUp(
            "SECRET_KEY has changed, so the link cannot be computed. "
            "Ask the trainer to resend the invitation."
        )
    email = compose_invitation_email(invitation, link=make_link("join", code=code))
    send_email(to=invitation.email, email=email)


def _record_email(invitation: Invitation, status: EmailStatus) -> None:
    """Store whether the email was sent, unless the invitation was renewed since and has a new link."""
    sent = Invitation.objects.filter(pk=invitation.pk, code_hash=invitation.code_hash)
    sent.update(email_status=status)


def accept_invitation(
    *,
    code: str,
    password: str,
    first_name: str,
    last_name: str,
    client: ClientInfo = UNKNOWN_CLIENT,
) -> tuple[User, TokenPair]:
    """
    Join a trainer with the code from an emailed link, and sign in.

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
    if invitation is None or not _may_train(invitation.trainer):
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
) -> tuple[User, TokenPair]:
    """
    Accept an invitation: call `join` to give the user the trainer, and sign the user in.

    The trainer's row is locked before the invitation's, as an erasure does. Raise InvalidInvitation if the
    invitation can no longer be accepted; `join` may raise other errors.
    """
    _lock_trainer(code)
    invitation = _lock_open(code)
    join(user, invitation)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return user, begin_session(user=user, client=client)


def _lock_trainer(code: str) -> None:
    """Lock the row of the trainer who sent an invitation, so that their role cannot change meanwhile."""
    sent = Invitation.objects.filter(code_hash=hash_code(code))
    User.objects.select_for_update(no_key=True).filter(pk__in=sent.values("trainer")).first()


def _may_train(trainer: User) -> bool:
    return trainer.is_active and trainer.is_trainer


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
