"""Throttles of REST views and of sign-in attempts; `api.throttling` counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.throttling import count
from users.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # the settings import this module from there


def count_request(user: User) -> None:
    """
    Count one request of somebody who is signed in; raise TooFast.

    Who looks through somebody else's account uses up their own requests, not that person's.
    """
    impersonator_id = user.auth_session.impersonator_id if user.auth_session else None
    count("user", impersonator_id or user.pk)


class UserThrottle(BaseThrottle):
    """`user` for whoever is signed in; views that count otherwise name no throttle."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, User):
            count_request(request.user)
        return True


class SignInThrottle(BaseThrottle):
    """
    `sign_in` for one e-mail address, `sign_in_address` for one network address (a gym shares one).

    Also guards what else can be tried without a token: password resets and invitations.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        data = request.data if isinstance(request.data, dict) else {}
        count_sign_in(request.META.get("REMOTE_ADDR", ""), data.get("email"))
        return True


class OwnPasswordThrottle(BaseThrottle):
    """What a sign-in counts for, of whoever shows their own password: a token may be stolen."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, User):
            count_sign_in(request.META.get("REMOTE_ADDR", ""), request.user.email)
        return True


def count_sign_in(address: str, email: object) -> None:
    """Count one try at signing in, whatever comes of it; raise TooFast past either limit."""
    count("sign_in_address", address)
    if isinstance(email, str) and email.strip():
        count("sign_in", email.strip().lower()[:254])
