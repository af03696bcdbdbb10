"""
JSON Web Tokens. Each token contains the id of its session (`sid`); ending the session revokes the token.

A token without `sid` is refused, because nothing could revoke it. Only a holder of the signing key can
create one.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from jwt.types import Options
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from api.fields import MAX_ID
from users.exceptions import InvalidToken
from users.models import AuthSession

# `iat` is not verified, because a server whose clock is behind the issuer's would reject the token.
# `exp` is checked on every use, outside the cache of `_verify`.
_CHECKS: Options = {
    "require": ["exp", "jti"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str


def issue_tokens(session: AuthSession) -> TokenPair:
    """Issue an access and a refresh token, which expire no later than the session."""
    return TokenPair(
        access=str(_issue(AccessToken(), session)), refresh=str(_issue(RefreshToken(), session))
    )


def _issue(token: Token, session: AuthSession) -> Token:
    # An integer; simplejwt would store a string.
    token["user_id"] = session.user_id
    token["sid"] = session.pk
    if session.is_impersonation:
        token["impersonating"] = True
    token["exp"] = min(token["exp"], int(session.expires_at.timestamp()))
    return token


@dataclass(frozen=True)
class Claims:
    """The claims of a verified token."""

    user_id: int
    session_id: int
    impersonating: bool
    expires_at: float

    @classmethod
    def of(cls, payload: dict[str, Any]) -> "Claims":
        """
        Return a payload's claims.

        Raise KeyError, TypeError, ValueError or OverflowError if the payload is malformed.
        """
        return cls(
            user_id=_id_of(payload["user_id"]),
            session_id=_id_of(payload["sid"]),
            impersonating=payload.get("impersonating") is True,
            expires_at=float(payload["exp"]),
        )


def _id_of(value: Any) -> int:
    number = int(value)
    if not 0 < number <= MAX_ID:
        raise ValueError(number)
    return number


def read_access_token(raw: str) -> Claims:
    """Verify an access token's signature, type and expiry; raise InvalidToken."""
    return _read("access", raw)


def read_refresh_token(raw: str) -> Claims:
    """Verify a refresh token's signature, type and expiry; raise InvalidToken."""
    return _read("refresh", raw)


def read_any_token(raw: str) -> Claims:
    """Verify an access or refresh token; raise InvalidToken."""
    try:
        return read_access_token(raw)
    except InvalidToken:
        return read_refresh_token(raw)


def _read(token_type: str, raw: str) -> Claims:
    claims = _verify(token_type, raw)
    if claims.expires_at <= time.time():
        raise InvalidToken
    return claims


@lru_cache(maxsize=4096)
def _verify(token_type: str, raw: str) -> Claims:
    """Verify a token except for its expiry. Cached, because clients send it with every request."""
    key = str(settings.SIMPLE_JWT["SIGNING_KEY"])
    try:
        payload = jwt.decode(raw, key, algorithms=["HS256"], options=_CHECKS)
        if payload["token_type"] != token_type:
            raise InvalidToken
        return Claims.of(payload)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidToken from error
