"""Throttles for REST views and sign-in attempts, based on `api.throttling`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.networks import network_of
from api.throttling import hit
from users.client_info import client_of
from users.models import User
from users.sign_in_limits import count_account, count_network

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
    Counts sign-in attempts: see `users.sign_in_limits`.

    This throttle also protects other endpoints that check secrets without a token: setting a new password
    and accepting invitations. The network is counted before the body is parsed, so that malformed bodies
    count, and those of a throttled network are not parsed.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        client = client_of(request)
        count_network(client)
        if isinstance(request.data, dict):
            count_account(client, request.data.get("email"))
        return True


class NetworkThrottle(BaseThrottle):
    """Applies the rate `scope` per network address, to endpoints without a signed-in user."""

    scope: str

    def allow_request(self, request: Request, view: APIView) -> bool:
        hit(self.scope, network_of(request.META.get("REMOTE_ADDR", "")))
        return True


class ResetThrottle(NetworkThrottle):
    """
    Applies the rate `resets` to requests for password resets.

    Sign-ins count separately. So somebody who guesses a person's password, or whose attempts are refused,
    cannot keep that person from resetting it.
    """

    scope = "resets"


class TokenThrottle(NetworkThrottle):
    """Applies the rate `tokens` to requests with a token, or a code of an invitation, valid or not."""

    scope = "tokens"


class OwnPasswordThrottle(BaseThrottle):
    """
    For views that check the current password: counts each request as a sign-in attempt.

    With a stolen token, someone could otherwise use these requests to guess the password.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        user = cast(User, request.user)  # views check permissions before throttles
        count_sign_in(request, user.email)
        return True


def count_sign_in(request: HttpRequest | Request, email: object) -> None:
    """
    Count a sign-in attempt for its network and for an email address.

    Raise TooFast if there were too many attempts for either of them.
    """
    client = client_of(request)
    count_network(client)
    count_account(client, email)
