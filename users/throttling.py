"""Throttles of REST views and of sign-in attempts; `api.throttling` counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.throttling import hit
from users.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # the settings import this module from there


def count_request(user: User) -> None:
    """
    Count one request of a signed-in user; raise TooFast.

    While impersonating, requests count towards the impersonator's limit.
    """
    impersonator_id = user.auth_session.impersonator_id if user.auth_session else None
    hit("user", impersonator_id or user.pk)


class UserThrottle(BaseThrottle):
    """Applies the rate `user` to signed-in users; views that count in another way declare no throttle."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, User):
            count_request(request.user)
        return True


class SignInThrottle(BaseThrottle):
    """
    Applies `sign_in` to an e-mail address and `sign_in_address` to a network address, which a gym
    may share.

    Also guards the other endpoints that work without a token: password resets and invitations.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        data = request.data if isinstance(request.data, dict) else {}
        count_sign_in(request.META.get("REMOTE_ADDR", ""), data.get("email"))
        return True


class OwnPasswordThrottle(BaseThrottle):
    """Counts as a sign-in where people enter their own password: the token may be stolen."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, User):
            count_sign_in(request.META.get("REMOTE_ADDR", ""), request.user.email)
        return True


def count_sign_in(address: str, email: object) -> None:
    """Count one sign-in attempt, successful or not; raise TooFast past either limit."""
    hit("sign_in_address", address)
    if isinstance(email, str) and email.strip():
        hit("sign_in", email.strip().lower()[:254])
