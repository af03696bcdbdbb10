"""Throttles for REST views and sign-in attempts, based on `api.throttling`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.networks import network_of
from api.throttling import hit
from users.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # circular at run time: it imports this module


def count_request(user: User, *, scope: str = "user") -> None:
    """
    Count one request of a signed-in user; raise TooFast beyond the limit of `scope`.

    During an impersonation, requests count towards the impersonator's limit.
    """
    impersonator_id = user.auth_session.impersonator_id if user.auth_session else None
    hit(scope, impersonator_id or user.pk)


class UserThrottle(BaseThrottle):
    """Applies the rate `user` to signed-in users. Views have this throttle by default."""

    scope = "user"

    def allow_request(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, User):
            count_request(request.user, scope=self.scope)
        return True


class ReadingThrottle(UserThrottle):
    """
    Applies the rate `reading` to what people do by scrolling and by opening one thread after another.

    Its limit is far above what a person can reach, and it leaves the rate `user` to other requests.
    """

    scope = "reading"


class SignInThrottle(BaseThrottle):
    """
    Applies the rate `sign_in` per email address, and the rate `sign_in_address` per network address.

    The rate per network address is higher by default, because the people in a gym may share an address.

    This throttle also protects other endpoints that check secrets without a token: setting a new password
    and accepting invitations. The network address is counted before the body is parsed, so that malformed
    bodies count, and those of a throttled address are not parsed.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        _count_address(request.META.get("REMOTE_ADDR", ""))
        if isinstance(request.data, dict):
            _count_email(request.data.get("email"))
        return True


class ResetThrottle(BaseThrottle):
    """
    Applies the rate `resets` per network address to requests for password resets.

    Sign-ins count separately. So somebody who guesses a person's password, or whose attempts are refused,
    cannot keep that person from resetting it.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        hit("resets", network_of(request.META.get("REMOTE_ADDR", "")))
        return True


class OwnPasswordThrottle(BaseThrottle):
    """
    For views that check the current password: counts each request as a sign-in attempt.

    With a stolen token, someone could otherwise use these requests to guess the password.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        user = cast(User, request.user)  # views check permissions before throttles
        count_sign_in(request.META.get("REMOTE_ADDR", ""), user.email)
        return True


def count_sign_in(address: str, email: object) -> None:
    """
    Count a sign-in attempt, successful or not, per network address (`address`) and per email address.

    Raise TooFast if there were too many attempts for either address.
    """
    _count_address(address)
    _count_email(email)


def _count_address(address: str) -> None:
    hit("sign_in_address", network_of(address))


def _count_email(email: object) -> None:
    if isinstance(email, str) and email.strip():
        hit("sign_in", email.strip().lower()[:254])
