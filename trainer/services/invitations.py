import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from api.exceptions import TooFast
from api.throttling import hit, refund
from jobs.exceptions import GiveUp
from jobs.services.enqueueing import enqueue
from trainer.codes import get_valid_code, hash_code, make_code
from trainer.emails import compose_invitation_email
from trainer.exceptions import AlreadyYourTrainee, InvitationNotFound
from trainer.models import EmailStatus, Invitation
from users.coaching import may_train, trainees_of
from users.impersonation import ensure_may_write
from users.languages import current_language_args, in_language_of
from users.links import make_link
from users.mailer import send_email
from users.models import User, normalize_email

DEFAULT_DAYS = 7


@transaction.atomic
def invite_trainee(
    *, trainer: User, email: str, message: str = "", expires_days: int = DEFAULT_DAYS
) -> tuple[Invitation, bool]:
    """
    Email a link that is valid for `expires_days`; return the invitation and whether it is new.

    If the trainer has invited this address before, renew that invitation instead of creating another,
    unless it was accepted. An expired invitation is renewed too, and a withdrawn one counts as new. The
    caller does not learn whether the address has an account. An empty `message` keeps the message of the
    trainer's last invitation to this address, even if it was accepted. Raise ImpersonationReadOnly,
    AlreadyYourTrainee or TooFast.
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
    if invitation.is_cancelled:
        invitation.created_at, created = timezone.now(), True
    invitation.message = message or invitation.message or _last_message(trainer, email)
    invitation.lifetime_days = expires_days
    _renew(invitation, trainer)
    return invitation, created


def _last_message(trainer: User, email: str) -> str:
    """Return the message of the trainer's last invitation that this address has accepted, or ""."""
    accepted = Invitation.objects.filter(trainer=trainer, email=email, accepted_at__isnull=False)
    return accepted.values_list("message", flat=True).first() or ""


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
    Withdraw a pending invitation, so that its link stops working, and it is no longer listed.

    The row is kept, so that the link's page can say what happened, and a new invitation to the same
    address keeps the message. Raise ImpersonationReadOnly or InvitationNotFound.
    """
    ensure_may_write(trainer)
    invitation = _lock_pending(trainer, invitation_id)
    invitation.cancelled_at = invitation.expires_at = timezone.now()
    invitation.save(update_fields=["cancelled_at", "expires_at"])


def _lock_pending(trainer: User, invitation_id: int) -> Invitation:
    invitation = (
        Invitation.objects.pending()
        .select_for_update()
        .filter(pk=invitation_id, trainer=trainer)
        .first()
    )
    if invitation is None:
        raise InvitationNotFound
    return invitation


def _renew(invitation: Invitation, trainer: User) -> None:
    invitation.cancelled_at = None
    invitation.expires_at = timezone.now() + timedelta(days=invitation.lifetime_days)
    invitation.code_hash = hash_code(make_code(invitation))
    invitation.trainer_epoch = trainer.access_epoch
    invitation.email_status = EmailStatus.WAITING
    invitation.save()
    pk = invitation.pk
    args = {"invitation_id": pk, **current_language_args()}
    enqueue(kind="trainer.mail_invitation", args=args, key=str(pk))


def mail_invitation(*, invitation_id: int, language: str = "") -> None:
    """
    Email an invitation's link, in the language of an account with the address, else in `language`.

    Do nothing if the invitation was withdrawn, was accepted or has expired. Do nothing if its trainer
    has been deactivated or is no longer a trainer. Raise GiveUp if the mail server permanently refuses
    the address. Also raise GiveUp if the signing key has changed, because the link's code then cannot be
    computed. The invitation stores whether the email was sent, or failed for now.
    """
    invitation = Invitation.objects.open().filter(pk=invitation_id).first()
    if invitation is None or not may_train(invitation.trainer):
        return
    try:
        _mail(invitation, language)
    except Exception:
        _record_email(invitation, EmailStatus.FAILED)
        raise
    _record_email(invitation, EmailStatus.SENT)


def _mail(invitation: Invitation, language: str) -> None:
    code = get_valid_code(invitation)
    if not code:
        raise GiveUp(
            "SECRET_KEY has changed, so the link cannot be computed. "
            "Ask the trainer to resend the invitation."
        )
    known = User.objects.filter(email=invitation.email).first()
    with in_language_of(known, language):
        email = compose_invitation_email(invitation, link=make_link("join", code=code))
    send_email(to=invitation.email, email=email)


def _record_email(invitation: Invitation, status: EmailStatus) -> None:
    """Store whether the email was sent, unless the invitation was renewed since and has a new link."""
    sent = Invitation.objects.filter(pk=invitation.pk, code_hash=invitation.code_hash)
    sent.update(email_status=status)
