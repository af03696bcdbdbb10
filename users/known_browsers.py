"""
A cookie that proves that the owner of an email address has signed in in this browser before.

It does not contain the address, and grants no access. It only gives the browser's sign-ins limits of their
own, which strangers cannot use up. Each sign-in and each password reset replaces it.
"""

from datetime import timedelta
from secrets import token_urlsafe
from typing import TypeVar

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

NAME, SECURE_NAME = "known_browser", "__Host-known_browser"
LIFETIME = timedelta(days=365)
NONCE_LENGTH = 16
R = TypeVar("R", bound=HttpResponseBase)


def remember_browser(response: R, email: str) -> R:
    """Set the cookie for an email address, in lower case, that has just proved to be the user's."""
    nonce = token_urlsafe()[:NONCE_LENGTH]
    response.set_cookie(
        cookie_name(),
        nonce + _sign(nonce, email),
        max_age=LIFETIME,
        secure=settings.REFRESH_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def is_known_browser(cookie: str, email: str) -> bool:
    """Return whether a cookie is one that `remember_browser` has set for this email address."""
    nonce, signature = cookie[:NONCE_LENGTH], cookie[NONCE_LENGTH:]
    return bool(signature) and constant_time_compare(signature, _sign(nonce, email))


def cookie_name() -> str:
    return SECURE_NAME if settings.REFRESH_COOKIE_SECURE else NAME


def _sign(nonce: str, email: str) -> str:
    return salted_hmac("known browser", nonce + email, algorithm="sha256").hexdigest()
