from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from users.models import User


def staff_of(request: HttpRequest) -> User | AnonymousUser:
    """Return the user of an admin request, or AnonymousUser, who has no permissions."""
    return cast(User | AnonymousUser, getattr(request, "user", AnonymousUser()))
