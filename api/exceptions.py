"""Facts that stop an action. REST answers and socket frames carry their `code` and `detail`."""


class ServiceError(Exception):
    """The base of what services and selectors refuse; `code` is part of the wire contract."""

    code = "error"
    is_on_sockets = False
    """Whether a frame of type `error` can carry this `code`; a subclass says so for itself."""
    detail = "Something went wrong."

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.detail
        super().__init__(self.detail)


class Invalid(ServiceError):
    """The request cannot be carried out as it stands (400)."""


class FieldInvalid(Invalid):
    """One field of the request is wrong; answered as `{field: [detail]}`."""

    def __init__(self, field: str, *messages: str) -> None:
        self.field = field
        self.messages = list(messages)
        super().__init__(messages[0])


class NotSignedIn(ServiceError):
    """Who asks is unknown (401)."""


class Forbidden(ServiceError):
    """What you see but may not do (403)."""


class NotFound(ServiceError):
    """What does not exist, or what you may not see; the two cannot be told apart (404)."""

    code = "not_found"
    is_on_sockets = True
    detail = "Not found."


class TooFast(ServiceError):
    """A limit was reached (429)."""

    code = "throttled"
    is_on_sockets = True

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        unit = "second" if retry_after == 1 else "seconds"
        super().__init__(f"Slow down. Try again in {retry_after} {unit}.")
