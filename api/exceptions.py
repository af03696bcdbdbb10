"""Errors raised by services. REST answers and socket frames carry their `code` and `detail`."""


class ServiceError(Exception):
    """Base class of errors raised by services and selectors; `code` is part of the wire contract."""

    code = "error"
    is_on_sockets = False
    """Whether a frame of type `error` can carry this `code`; a subclass says so for itself."""
    detail = "Something went wrong."

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.detail
        super().__init__(self.detail)


class Invalid(ServiceError):
    """The request cannot be carried out (400)."""


class FieldInvalid(Invalid):
    """One field of the request is invalid; answered as `{field: [detail]}`."""

    def __init__(self, field: str, *messages: str) -> None:
        self.field = field
        self.messages = list(messages)
        super().__init__(messages[0])


class NotSignedIn(ServiceError):
    """The request is not authenticated (401)."""


class Forbidden(ServiceError):
    """The user may see the object but not do this (403)."""


class NotFound(ServiceError):
    """The object does not exist, or the user may not see it; the two look the same (404)."""

    code = "not_found"
    is_on_sockets = True
    detail = "Not found."


class TooFast(ServiceError):
    """A rate limit was exceeded (429)."""

    code = "throttled"
    is_on_sockets = True

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        unit = "second" if retry_after == 1 else "seconds"
        super().__init__(f"Slow down. Try again in {retry_after} {unit}.")
