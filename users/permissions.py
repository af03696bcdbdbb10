from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from users.exceptions import ImpersonationReadOnly
from users.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # circular at run time: it imports this module


class ReadOnlyWhileImpersonating(BasePermission):
    """
    Refuses every write during an impersonation.

    All views have this permission by default, so that a new view cannot forget it. Services check the
    rule again.
    """

    write_codes = (ImpersonationReadOnly.code,)

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method not in SAFE_METHODS and getattr(request.user, "is_impersonated", False):
            raise ImpersonationReadOnly
        return True


class NotImpersonated(BasePermission):
    """Refuses also reads during an impersonation, for what an impersonator has no business with."""

    codes = (ImpersonationReadOnly.code,)

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(request.user, "is_impersonated", False):
            raise ImpersonationReadOnly
        return True


class IsTrainer(BasePermission):
    """Allows only trainers."""

    codes = ("permission_denied",)
    message = _("Only a trainer can do this.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.is_trainer


class IsAdmin(BasePermission):
    """Allows only users with the role ADMIN. Staff and superusers without it are refused."""

    codes = ("permission_denied",)
    message = _("Only an admin can do this.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.role == User.Role.ADMIN


def current_user(request: Request) -> User:
    """Return the user of a request to a view that requires a token."""
    return cast(User, request.user)
