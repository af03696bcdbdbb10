"""Errors of services. REST responses and socket frames contain their `code` and `detail`."""

import math

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

MINUTE = 60


class ServiceError(Exception):
    """The base class of errors in services and selectors. `code` is part of the contract with clients."""

    code = "error"
    is_on_sockets = False
    """
    Whether socket frames of type `error` can have this `code`.

    `list_error_codes` ignores an inherited value, so each class with its own `code` sets it.
    """
    detail: StrOrPromise = _("Something went wrong.")

    def __init__(self, detail: StrOrPromise | None = None) -> None:
        # A string, in the language of the current request.
        self.detail = str(detail or self.detail)
        super().__init__(self.detail)


class Invalid(ServiceError):
    """The request cannot be carried out (400)."""


class FieldInvalid(Invalid):
    """A field of the request is invalid (400); the response is `{field: messages}`."""

    def __init__(self, field: str, *messages: StrOrPromise) -> None:
        self.field = field
        self.messages = [str(each) for each in messages]
        super().__init__(messages[0])


class NotSignedIn(ServiceError):
    """The request is not authenticated (401)."""


class Forbidden(ServiceError):
    """The user may see the object, but may not do this (403)."""


class NotFound(ServiceError):
    """The object does not exist, or the user may not see it; clients cannot tell which (404)."""

    code = "not_found"
    is_on_sockets = True
    detail = _("Not found.")


class TooFast(ServiceError):
    """A rate limit was exceeded (429)."""

    code = "throttled"
    is_on_sockets = True

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(_describe(retry_after))


def _describe(seconds: int) -> str:
    if seconds < 2 * MINUTE:
        text = ngettext(
            "Slow down. Try again in %(seconds)s second.",
            "Slow down. Try again in %(seconds)s seconds.",
            seconds,
        )
        return text % {"seconds": seconds}
    minutes = math.ceil(seconds / MINUTE)
    return _now("You have reached a limit. Try again in %(minutes)s minutes.") % {
        "minutes": minutes
    }
