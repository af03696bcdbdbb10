"""Rules for managing accounts in the admin. Only superusers may manage people with admin rights."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from api.exceptions import Forbidden
from users.models import User

# Columns and relations that grant rights in the admin.
RIGHTS = frozenset({"is_staff", "is_superuser", "groups", "user_permissions"})


class ReservedForSuperusers(Forbidden):
    code = "permission_denied"
    detail = _("Only a superuser can change staff and admins, or grant admin rights.")


def has_rights(user: User) -> bool:
    """Return whether a user is staff, a superuser or an ADMIN. (An ADMIN may impersonate trainers.)"""
    return user.is_staff or user.is_superuser or user.role == User.Role.ADMIN


def may_manage(*, by: User | AnonymousUser, user: User) -> bool:
    """
    Return whether `by` may change, deactivate or delete the account of `user`.

    Staff who are not superusers may not manage users with rights (see `has_rights`), including
    themselves. They may change their own name in the product, and their password under
    /admin/password_change/.
    """
    return by.is_superuser or not has_rights(user)


def ensure_may_manage(*, by: User | AnonymousUser, user: User) -> None:
    """Raise ReservedForSuperusers unless `by` may manage the account of `user`."""
    if not may_manage(by=by, user=user):
        raise ReservedForSuperusers


def ensure_may_store(*, by: User | AnonymousUser, user: User, changed: Collection[str]) -> None:
    """Raise ReservedForSuperusers if `user` has, gets or loses rights, and `by` is not a superuser."""
    if not (by.is_superuser or (RIGHTS.isdisjoint(changed) and not has_rights(user))):
        raise ReservedForSuperusers
