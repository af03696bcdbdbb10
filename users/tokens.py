"""
JSON Web Tokens. Each names the session it belongs to (`sid`), which is where it can be revoked.

A token without `sid` is valid until it expires: only who holds the signing key can make one.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from users.exceptions import InvalidToken
from users.models import AuthSession


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str


def issue_tokens(session: AuthSession) -> TokenPair:
    """Make an access and a refresh token; neither outlives the session."""
    return TokenPair(
        access=str(_issue(AccessToken(), session)), refresh=str(_issue(RefreshToken(), session))
    )


def _issue(token: Token, session: AuthSession) -> Token:
    # simplejwt would write the id as a string; ids are integers here.
    token["user_id"] = session.user_id
    token["sid"] = session.pk
    if session.is_impersonation:
        token["impersonating"] = True
    token["exp"] = min(token["exp"], int(session.expires_at.timestamp()))
    return token


@dataclass(frozen=True)
class Claims:
    """What a verified token says."""

    user_id: int
    session_id: int | None
    impersonating: bool
    expires_at: float

    @classmethod
    def of(cls, payload: dict[str, Any]) -> "Claims":
        return cls(
            user_id=int(payload["user_id"]),
            session_id=int(payload["sid"]) if "sid" in payload else None,
            impersonating=payload.get("impersonating") is True,
            expires_at=float(payload["exp"]),
        )


def read_access_token(raw: str) -> Claims:
    """Verify an access token's signature, type and expiry; raise InvalidToken."""
    return _read(AccessToken, raw)


def read_refresh_token(raw: str) -> Claims:
    """Verify a refresh token's signature, type and expiry; raise InvalidToken."""
    return _read(RefreshToken, raw)


def read_any_token(raw: str) -> Claims:
    """Verify a token of either kind; raise InvalidToken."""
    try:
        return read_access_token(raw)
    except InvalidToken:
        return read_refresh_token(raw)


def _read(kind: type[Token], raw: str) -> Claims:
    claims = _verify(kind, raw)  # type: ignore[arg-type]  # the class is asked for a hash, not a token
    if claims.expires_at <= time.time():
        raise InvalidToken
    return claims


@lru_cache(maxsize=4096)
def _verify(kind: type[Token], raw: str) -> Claims:
    """Verify once what a client shows with each request: all but the expiry stays as it was."""
    try:
        return Claims.of(kind(raw).payload)  # type: ignore[arg-type]  # the stubs know no raw token
    except (TokenError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidToken from error
