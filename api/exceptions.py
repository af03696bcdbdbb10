"""Errors raised by services. REST answers and socket frames carry their `code` and `detail`."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise


class ServiceError(Exception):
    """Base class of errors raised by services and selectors; `code` is part of the wire contract."""

    code = "error"
    is_on_sockets = False
    """Whether a frame of type `error` can carry this `code`; a subclass says so for itself."""
    detail: StrOrPromise = _("Something went wrong.")

    def __init__(self, detail: StrOrPromise | None = None) -> None:
        # In the language of the request that raises it.
        self.detail = str(detail or self.detail)
        super().__init__(self.detail)


class Invalid(ServiceError):
    """The request cannot be carried out (400)."""


class FieldInvalid(Invalid):
    """One field of the request is invalid; answered as `{field: [detail]}`."""

    def __init__(self, field: str, *messages: StrOrPromise) -> None:
        self.field = field
        self.messages = [str(each) for each in messages]
        super().__init__(messages[0])


class NotSignedIn(ServiceError):
    """The request is not authenticated (401)."""


class Forbidden(ServiceError):
    """The user may see the object but not do this (403)."""


class NotFound(ServiceError):
    """The object does not exist, or the user may not see it; the two look the same (404)."""

    code = "not_found"
    is_on_sockets = True
    detail = _("Not found.")


class TooFast(ServiceError):
    """A rate limit was exceeded (429)."""

    code = "throttled"
    is_on_sockets = True

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        text = ngettext(
            "Slow down. Try again in %(seconds)s second.",
            "Slow down. Try again in %(seconds)s seconds.",
            retry_after,
        )
        super().__init__(text % {"seconds": retry_after})
