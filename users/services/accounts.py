"""Changes to accounts, by their owners or by staff."""

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid, NotFound
from api.throttling import try_hit
from jobs.services.enqueueing import enqueue
from users.client_info import UNKNOWN_CLIENT, ClientInfo
from users.emails import compose_reset_email
from users.events import announce_access_changed
from users.exceptions import InvalidResetLink, InvalidToken
from users.impersonation import ensure_may_write
from users.languages import current_language_args, in_language_of
from users.links import make_link
from users.locking import lock_account
from users.mailer import send_email
from users.models import AuthSession, User, normalize_email
from users.passwords import check_password, normalize_password
from users.reset_tokens import reset_tokens
from users.rights import ReservedForSuperusers, has_rights
from users.services.sessions import end_sessions, keep_session
from users.sign_in_limits import forget_failures

MAX_ADDRESS_LENGTH = 254
PLAIN_FIELDS = ("first_name", "last_name", "business_name", "phone_number", "language")


@dataclass(frozen=True)
class ProfileChange:
    """
    New values of a profile. None leaves a field unchanged.

    An empty `picture` removes the picture; with an empty `language`, the browser decides.
    """

    first_name: str | None = None
    last_name: str | None = None
    business_name: str | None = None
    phone_number: str | None = None
    language: str | None = None
    picture: bytes | None = None
    picture_suffix: str = ".jpg"


def update_profile(*, user: User, change: ProfileChange) -> User:
    """
    Change a user's own names and picture.

    Raise ImpersonationReadOnly. Raise InvalidToken if the account was deactivated or deleted after the
    request began.
    """
    ensure_may_write(user)
    changed = {name: getattr(change, name) for name in PLAIN_FIELDS}
    for name, value in changed.items():
        if value is not None:
            setattr(user, name, value)
    columns = [name for name, value in changed.items() if value is not None]
    if change.picture is None:
        _store_profile(user, columns)
    else:
        _replace_picture(user, change, [*columns, "profile_image"])
    return user


def _replace_picture(user: User, change: ProfileChange, columns: list[str]) -> None:
    """Store the new picture and the profile; delete the file that is then no longer used."""
    storage = user.profile_image.storage
    user.profile_image = ""
    if change.picture:
        name = f"picture{change.picture_suffix}"
        user.profile_image.save(name, ContentFile(change.picture), save=False)
    unused = user.profile_image.name  # if the profile cannot be stored
    try:
        unused = _store_profile(user, columns)
    finally:
        if unused:
            storage.delete(unused)


@transaction.atomic
def _store_profile(user: User, columns: list[str]) -> str:
    """
    Store these columns; return the name of the stored picture before.

    Other columns may be stale: storing them could undo a removal that was committed since the request
    began. Raise InvalidToken if the account is deactivated or deleted.
    """
    locked = lock_account(user)
    if locked is None:
        raise InvalidToken
    user.save(update_fields=columns)
    return locked.profile_image.name or ""


def check_password_strength(
    password: str, user: User | None = None, field: str = "password"
) -> None:
    """Raise FieldInvalid, listing all reasons, if the password is too weak."""
    try:
        validate_password(normalize_password(password), user)
    except ValidationError as error:
        raise FieldInvalid(field, *error.messages) from error


def set_password(*, user: User, current_password: str, new_password: str) -> None:
    """
    Change a user's own password. End all other sessions, in case someone else knew the old password.

    Raise ImpersonationReadOnly or FieldInvalid. Raise InvalidToken if the account was deactivated or
    deleted after the request began.
    """
    ensure_may_write(user)
    known = User.objects.filter(pk=user.pk, is_active=True).first()
    if known is None:
        raise InvalidToken
    if not check_password(current_password, known.password):
        raise _wrong_password()
    check_password_strength(new_password, known, field="new_password")
    known.set_password(new_password)
    _replace_password(user, known)


@transaction.atomic
def _replace_password(user: User, hashed: User) -> None:
    """
    Store the new password of `hashed`, and end every session of `user` except the current one.

    `hashed` is a second instance of the user. The caller has already set the new password on it, because
    hashing takes about 0.3 s, which is too long under a row lock. Raise InvalidToken if the account was
    deactivated or deleted in the meantime. Raise FieldInvalid if the account's access epoch changed in
    the meantime, for example because the password was reset. Without this check, someone who knows the
    old password could undo the reset.
    """
    locked = lock_account(user)
    if locked is None:
        raise InvalidToken
    if locked.access_epoch != hashed.access_epoch:
        raise _wrong_password()
    hashed.save(update_fields=["password"])
    keep_session(user=user, since=locked.access_epoch, epoch=hashed.access_epoch)
    others = AuthSession.objects.of_or_by(user)
    end_sessions(others.exclude(pk=user.auth_session.pk) if user.auth_session else others)


def _wrong_password() -> FieldInvalid:
    return FieldInvalid("current_password", _("This is not your current password."))


@transaction.atomic
def store_password(*, user: User) -> None:
    """
    Store the password that the admin has already set on `user`, and end all sessions of the user.

    Raise NotFound if the account was deleted in the meantime. Raise ReservedForSuperusers if it has got
    admin rights since it was loaded: the caller may be allowed to change ordinary accounts only.
    """
    people = User.objects.select_for_update(no_key=True)
    locked = people.filter(pk=user.pk, erased_at=None).first()
    if locked is None:
        raise NotFound(_("This person has been deleted in the meantime."))
    if has_rights(locked) and not has_rights(user):
        raise ReservedForSuperusers(
            _("This person has got admin rights in the meantime. Try again.")
        )
    user.save(update_fields=["password"])
    end_sessions(AuthSession.objects.of_or_by(user))


def send_password_reset(*, email: str) -> None:
    """
    Enqueue an email with a link for setting a new password, within the limit `resets_address`.

    Beyond the limit do nothing, because an error would tell whether others have asked for this address.
    The job looks up the account, so the response takes the same time for an unknown address.
    """
    address = normalize_email(email)
    if len(address) <= MAX_ADDRESS_LENGTH and try_hit("resets_address", address):
        args = {"email": address, **current_language_args()}
        enqueue(kind="users.mail_password_reset", args=args)


def mail_password_reset(*, email: str, language: str = "") -> None:
    """
    Email a link for setting a new password; do nothing if no active account has the address.

    `language` is that of the request; what the user has chosen comes first.
    """
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return
    link = make_link(
        "reset-password",
        uid=urlsafe_base64_encode(force_bytes(user.pk)),
        token=reset_tokens.make_token(user),
    )
    with in_language_of(user, language):
        composed = compose_reset_email(link=link)
    send_email(to=user.email, email=composed)


def reset_password(
    *, uid: str, token: str, new_password: str, client: ClientInfo = UNKNOWN_CLIENT
) -> User:
    """
    Set a new password, and end all sessions. `uid` and `token` are from a link that works only once.

    Sign-ins that failed until now no longer count. The password is hashed before the row is locked,
    because hashing takes about 0.3 s. Raise InvalidResetLink or FieldInvalid.
    """
    user = _user_of_reset_link(uid)
    if user is None or not reset_tokens.check_token(user, token):
        raise InvalidResetLink
    check_password_strength(new_password, user, field="new_password")
    user.set_password(new_password)
    with transaction.atomic():
        locked = lock_account(user)
        if locked is None or not reset_tokens.check_token(locked, token):
            raise InvalidResetLink
        user.save(update_fields=["password"])
        end_sessions(AuthSession.objects.of_or_by(user))
    forget_failures(client, user.email)
    return user


def _user_of_reset_link(uid: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    return User.objects.filter(pk=pk, is_active=True).first()


@transaction.atomic
def deactivate_user(*, user: User) -> None:
    """Deactivate an account: refuse sign-ins and all tokens, and close all sockets."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(AuthSession.objects.of_or_by(user))
    announce_access_changed(user.pk)


@transaction.atomic
def reactivate_user(*, user: User) -> None:
    """Reactivate an account, so that its user can sign in again. Old sessions remain invalid."""
    user.is_active = True
    user.save(update_fields=["is_active"])
