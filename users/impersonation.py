"""The rule that an impersonator changes nothing, for services of all apps."""

from users.exceptions import ImpersonationReadOnly
from users.models import User


def ensure_may_write(user: User) -> None:
    """Raise ImpersonationReadOnly if somebody else is impersonating this user."""
    if user.is_impersonated:
        raise ImpersonationReadOnly
