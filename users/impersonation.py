"""The rule that an impersonator may not change anything. Services in all apps apply it."""

from users.exceptions import ImpersonationReadOnly
from users.models import User


def ensure_may_write(user: User) -> None:
    """Raise ImpersonationReadOnly if the current request or socket impersonates this user."""
    if user.is_impersonated:
        raise ImpersonationReadOnly
