"""Facts that stop an action. REST answers and socket frames carry their `code` and `detail`."""


class ServiceError(Exception):
    """The base of what services and selectors refuse; `code` is part of the wire contract."""

    code = "error"
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
    detail = "Not found."


class TooFast(ServiceError):
    """A limit was reached (429)."""

    code = "throttled"

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        unit = "second" if retry_after == 1 else "seconds"
        super().__init__(f"Slow down. Try again in {retry_after} {unit}.")


class InvalidToken(NotSignedIn):
    code = "token_not_valid"
    detail = "The token is not valid or has expired."


class InvalidCredentials(NotSignedIn):
    code = "invalid_credentials"
    detail = "No active account has this e-mail address and password."


class ImpersonationReadOnly(Forbidden):
    code = "impersonation_read_only"
    detail = "While looking through somebody else's account you can read, and change nothing."


class ForeignOrigin(Forbidden):
    code = "origin_not_allowed"
    detail = "The page that asks belongs to another site."


class NotImpersonating(Invalid):
    code = "not_impersonating"
    detail = "There is no impersonation to end."


class InvalidResetLink(Invalid):
    code = "invalid_reset_link"
    detail = "This link is not valid any more. Ask for a new one."
