"""Changes that staff make to accounts in the admin."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid, NotFound
from users.coaching import ensure_role_may_change
from users.models import User
from users.rights import ensure_may_manage, ensure_may_store
from users.services.accounts import deactivate_user, reactivate_user
from users.services.erasure import MessageChoice, begin_erasure

Staff = User | AnonymousUser

# Sent with the stored `user` before its role changes. Receivers raise FieldInvalid to refuse the change.
role_changing = Signal()


@transaction.atomic
def add_account(*, user: User, by: Staff) -> None:
    """Store a new account; raise ReservedForSuperusers, or FieldInvalid if its email address is taken."""
    ensure_may_store(by=by, user=user, changed=())
    _store(user, None)


@transaction.atomic
def change_account(*, user: User, changed: Collection[str], by: Staff) -> None:
    """
    Store only the `changed` fields of an account. Deactivation takes effect at once.

    The other fields are left alone, because they may have changed in the database since the account was
    loaded. Raise ReservedForSuperusers, NotFound or FieldInvalid.
    """
    stored = _lock_manageable(user.pk, by)
    ensure_may_store(by=by, user=user, changed=changed)
    if "role" in changed:
        ensure_role_fits(user=stored, role=user.role)
    _store(user, {each.name for each in User._meta.concrete_fields}.intersection(changed))
    if "is_active" in changed and not user.is_active:
        deactivate_user(user=user)


def ensure_role_fits(*, user: User, role: str) -> None:
    """
    Raise FieldInvalid if the user's role may not change to `role` now.

    A role may change only while the user has no trainer, no trainees and no active conversations. Staff
    must remove a trainer separately, under Trainees, because removing a trainer also archives the
    conversation.
    """
    if user.role == role:
        return
    ensure_role_may_change(user)
    role_changing.send(sender=User, user=user)


@transaction.atomic
def set_active(*, user: User, is_active: bool, by: Staff) -> None:
    """Deactivate or reactivate an account; raise ReservedForSuperusers or NotFound."""
    locked = _lock_manageable(user.pk, by)
    if is_active:
        reactivate_user(user=locked)
    else:
        deactivate_user(user=locked)


@transaction.atomic
def erase_account(*, user: User, messages: MessageChoice, by: Staff) -> None:
    """
    Begin the erasure of an account, for staff; see `users.services.erasure`.

    Raise ReservedForSuperusers or NotFound.
    """
    locked = _lock_manageable(user.pk, by)
    begin_erasure(locked=locked, messages=messages, origin=f"by staff, account {by.pk}")


def _lock_manageable(pk: int, by: Staff) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=pk, erased_at=None).first()
    if user is None:
        raise NotFound(_("This person has been deleted in the meantime."))
    ensure_may_manage(by=by, user=user)
    return user


def _store(user: User, columns: Collection[str] | None) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=columns)
    except IntegrityError as error:
        raise FieldInvalid(
            "email", _("Another account already uses this email address.")
        ) from error
