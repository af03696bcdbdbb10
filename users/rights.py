"""Who may do what to whose account in the admin: only superusers touch people with rights there."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser

from api.exceptions import Forbidden
from users.models import User

# Columns and relations that say what somebody may do in the admin.
RIGHTS = frozenset({"is_staff", "is_superuser", "groups", "user_permissions"})


class ReservedForSuperusers(Forbidden):
    code = "permission_denied"
    detail = "Only a superuser can change staff and admins, or give somebody their rights."


def has_rights(user: User) -> bool:
    """Tell whether somebody is staff, superuser or ADMIN, who may use trainers' accounts."""
    return user.is_staff or user.is_superuser or user.role == User.Role.ADMIN


def may_manage(*, by: User | AnonymousUser, user: User) -> bool:
    """
    Tell whether `by` may change, deactivate or delete the account of `user`.

    Staff who are no superusers may manage no staff, themselves included: their names are changed
    in the product, their password under /admin/password_change/.
    """
    return by.is_superuser or not has_rights(user)


def ensure_may_manage(*, by: User | AnonymousUser, user: User) -> None:
    """Raise ReservedForSuperusers unless `by` may manage the account of `user`."""
    if not may_manage(by=by, user=user):
        raise ReservedForSuperusers


def ensure_may_store(*, by: User | AnonymousUser, user: User, changed: Collection[str]) -> None:
    """Raise ReservedForSuperusers if `user`, with `changed` fields, gets rights that `by` may not give."""
    if not (by.is_superuser or (RIGHTS.isdisjoint(changed) and not has_rights(user))):
        raise ReservedForSuperusers
