"""Warnings about values that are for tests only, are deprecated, or allow more than necessary."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings


def list_warnings() -> Iterator[str]:
    """Yield a line for each unwise value."""
    if settings.DEBUG:
        yield "DEBUG=1: error pages show source code. Never use it on a public server."
        return
    if not settings.ADMIN_TWO_FACTOR:
        yield "ADMIN_TWO_FACTOR=0: a password is enough to sign in to the admin."
    yield from _limits()
    yield from _jobs()
    yield from _emails()
    yield from _public_url()


def _limits() -> Iterator[str]:
    for scope, rate in settings.THROTTLE_RATES.items():
        if rate == "off":
            yield f"THROTTLE_{scope.upper()}=off: there is no limit on requests or attempts to sign in."
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS=*: requests with any Host header are accepted."


def _jobs() -> Iterator[str]:
    if not settings.PUSH_IN_WEB:
        yield (
            "PUSH_IN_WEB=0 is deprecated and will be removed in the next release. Set JOBS_IN_WEB=0,"
            " and run `manage.py worker` instead of `manage.py push`."
        )


def _emails() -> Iterator[str]:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield "EMAIL_URL sends no emails: nobody receives invitations or links for resetting a password."
    elif "@localhost" in settings.DEFAULT_FROM_EMAIL:
        yield "DEFAULT_FROM_EMAIL is at localhost: many mail servers refuse such a sender."


def _public_url() -> Iterator[str]:
    if _is_loopback(settings.PUBLIC_URL):
        yield "PUBLIC_URL is an address of this machine, so links in emails work only here."
    elif settings.PUBLIC_URL.startswith("http://"):
        yield "PUBLIC_URL is not https, but browsers get cookies for HTTPS only, so nobody stays signed in."
    if settings.SECURE_SSL_REDIRECT and not settings.FORWARDED_ALLOW_IPS:
        yield (
            "SECURE_SSL_REDIRECT=1 redirects endlessly without FORWARDED_ALLOW_IPS: set that to the"
            " address of the proxy."
        )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
