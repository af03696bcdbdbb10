"""Access tokens that must be refused, and one that expires soon."""

from datetime import timedelta
from typing import Any

from rest_framework_simplejwt.tokens import AccessToken

from tests.factories import access_of, tokens_of
from users.models import AuthSession, User


def make_token(user: User, lifetime: timedelta, **claims: Any) -> str:
    """Sign an access token of a new session, with any lifetime."""
    token = AccessToken(access_of(user))  # type: ignore[arg-type]  # the stubs know no raw token
    token.set_exp(lifetime=lifetime)
    for name, value in claims.items():
        token[name] = value
    return str(token)


def no_token(user: User) -> str:
    return ""


def garbage(user: User) -> str:
    return "abc.def.ghi"


def expired(user: User) -> str:
    return make_token(user, timedelta(seconds=-1))


def refresh_token(user: User) -> str:
    return tokens_of(user).refresh


def forged(user: User) -> str:
    """Return the header and payload of a valid token, with the signature of another token."""
    ours, other = access_of(user), access_of(user)
    return ours.rpartition(".")[0] + "." + other.rpartition(".")[2]


def of_somebody_unknown(user: User) -> str:
    return make_token(user, timedelta(hours=1), user_id=2**40)


def of_an_ended_session(user: User) -> str:
    token = access_of(user)
    AuthSession.objects.filter(user=user).update(ended_at=user.created_at)
    return token


def of_somebody_inactive(user: User) -> str:
    token = access_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return token


BAD_TOKENS = (
    no_token,
    garbage,
    expired,
    refresh_token,
    forged,
    of_somebody_unknown,
    of_an_ended_session,
    of_somebody_inactive,
)
