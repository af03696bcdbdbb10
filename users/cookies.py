"""
The browser client's refresh token, in a cookie that no script can read.

For the reasons, see docs/adr/0010-a-refresh-token-that-no-script-can-read.md. The API's only other cookie
grants no access: see `users.known_browsers`.
"""

from contextlib import suppress

from django.conf import settings
from django.db import Error
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from api.exceptions import FieldInvalid
from api.fields import validated
from users.exceptions import ForeignOrigin, InvalidToken
from users.serializers import RefreshSerializer
from users.services.sessions import SIGN_IN_LIFETIME, sign_out
from users.tokens import read_refresh_token

SECURE_NAME = "__Host-refresh_token"
"""Browsers accept this name only over HTTPS, for this host and every path, so no other host can set it."""
NAME = "refresh_token"
"""The name without HTTPS. Processes of the previous release use it with HTTPS, too, so it is still read."""
PATH = "/api/auth/"
"""The path of the cookie `NAME`."""


def ensure_own_origin(request: Request) -> None:
    """
    Raise ForeignOrigin if the `Origin` header is neither our own nor in `CORS_ALLOWED_ORIGINS`.

    A request without this header is accepted: it is not from a browser, because browsers send the header
    with every POST.
    """
    origin = request.headers.get("origin")
    allowed = {settings.PUBLIC_URL, *settings.CORS_ALLOWED_ORIGINS}
    if not origin or origin in allowed:
        return
    # The scheme is not compared, because TLS may end at a proxy. The header may contain anything.
    if origin.partition("://")[2] != request.get_host():
        raise ForeignOrigin


def wants_cookie(request: Request, data: dict[str, object]) -> bool:
    """
    Remove the flag `cookie` from `data`. Return whether it asks for the refresh token in the cookie.

    If so, call `ensure_own_origin`, which may raise ForeignOrigin.
    """
    is_wanted = data.pop("cookie") is True
    if is_wanted:
        ensure_own_origin(request)
    return is_wanted


def refresh_token_of(request: Request) -> tuple[str, bool]:
    """
    Return the refresh token of a request, and whether it came from the cookie.

    A token in the body takes precedence. The cookie is accepted only if `ensure_own_origin` accepts the
    request, and the body is JSON, which no HTML form can send. Raise FieldInvalid, ForeignOrigin or
    UnsupportedMediaType.
    """
    raw = validated(RefreshSerializer, request.data).get("refresh")
    if raw is not None:
        return raw, False
    cookies = _tokens_in(request)
    if not cookies:
        raise FieldInvalid("refresh", _("This field is required."))
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(request.content_type)
    ensure_own_origin(request)
    return cookies[0], True


def move_refresh_token(response: Response) -> Response:
    """Move the refresh token from a response's body to a cookie that no script can read."""
    response.data = dict(response.data)
    _set(response, response.data.pop("refresh"), int(SIGN_IN_LIFETIME.total_seconds()))
    return response


def replace_refresh_token(request: Request, response: Response) -> Response:
    """
    Move a new sign-in's `refresh` to the cookie, and end the session of the token that was there before.

    If the old session did not end, no browser could sign out of it after the replacement, and its
    devices, including this browser, would still get notifications. If ending the old session fails, the
    new sign-in still succeeds. The caller checks the origin.
    """
    for raw in _tokens_in(request):
        with suppress(InvalidToken, Error):
            sign_out(claims=read_refresh_token(raw))
    return _delete_old_cookie(move_refresh_token(response))


def drop_refresh_token(response: Response) -> Response:
    """Delete the refresh token's cookie and return the response."""
    _set(response, "", 0)
    return _delete_old_cookie(response)


def _tokens_in(request: Request) -> list[str]:
    """Return the refresh tokens in the request's cookies, the one to use first."""
    names = (SECURE_NAME, NAME) if settings.REFRESH_COOKIE_SECURE else (NAME,)
    return [request.COOKIES[name] for name in names if name in request.COOKIES]


def _set(response: Response, value: str, max_age: int) -> None:
    is_secure = settings.REFRESH_COOKIE_SECURE
    response.set_cookie(
        SECURE_NAME if is_secure else NAME,
        value,
        max_age=max_age,
        path="/" if is_secure else PATH,
        secure=is_secure,
        httponly=True,
        samesite="Strict",
    )


def _delete_old_cookie(response: Response) -> Response:
    """
    Delete the cookie of the previous release, and return the response.

    A refresh leaves it in place, so that a process of the previous release still finds a token.
    """
    if settings.REFRESH_COOKIE_SECURE:
        response.set_cookie(
            NAME, "", max_age=0, path=PATH, secure=True, httponly=True, samesite="Strict"
        )
    return response
