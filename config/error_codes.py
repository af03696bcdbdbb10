"""Every `code` that an error can carry, on REST and on sockets, taken from where it is raised."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from rest_framework import exceptions as drf

import messaging.exceptions
import trainer.exceptions
import users.exceptions
from config.errors import STATUS_OF, TemporarilyUnavailable
from config.formats import RequestTooLarge
from messaging.consumers import base as sockets

OF_SERVICES: tuple[ModuleType, ...] = (
    users.exceptions,
    messaging.exceptions,
    trainer.exceptions,
    sockets,
)
OF_REST: tuple[type[drf.APIException], ...] = (
    drf.ParseError,
    drf.NotAuthenticated,
    drf.PermissionDenied,
    drf.MethodNotAllowed,
    drf.NotAcceptable,
    drf.UnsupportedMediaType,
    RequestTooLarge,
    TemporarilyUnavailable,
)
# Sentences that are finished only when the error is raised.
MEANINGS = {
    drf.MethodNotAllowed.default_code: "This address does not know this method.",
    drf.UnsupportedMediaType.default_code: "The body is not JSON.",
    users.exceptions.TooFast.code: "Slow down. `Retry-After` says for how many seconds.",
}
ON_SOCKETS = frozenset(
    {
        sockets.BadFrame.code,
        sockets.UnknownFrame.code,
        "invalid",
        users.exceptions.InvalidToken.code,
        users.exceptions.ImpersonationReadOnly.code,
        users.exceptions.TooFast.code,
        users.exceptions.NotFound.code,
        messaging.exceptions.MessageNotFound.code,
        TemporarilyUnavailable.default_code,
    }
)


@dataclass(frozen=True)
class ErrorCode:
    """One code: the status that REST answers it with, None where only sockets have it."""

    code: str
    status: int | None
    meaning: str

    @property
    def is_on_sockets(self) -> bool:
        return self.code in ON_SOCKETS


def list_error_codes() -> list[ErrorCode]:
    """Return every code once, by status and name, those of sockets alone last."""
    found = {each.code: each for each in (*_of_django(), *_of_rest(), *_of_services())}
    return sorted(found.values(), key=lambda each: (each.status or 999, each.code))


def _of_services() -> Iterator[ErrorCode]:
    """Find the classes that bring a code of their own; the others share it or group them."""
    for module in OF_SERVICES:
        for error in vars(module).values():
            if _brings_a_code(error):
                meaning = MEANINGS.get(error.code, error.detail)
                yield ErrorCode(error.code, _status_of(error), meaning)


def _brings_a_code(found: object) -> bool:
    base = users.exceptions.ServiceError
    is_error = isinstance(found, type) and issubclass(found, base) and found is not base
    return is_error and "code" in vars(found)


def _status_of(error: type[users.exceptions.ServiceError]) -> int | None:
    return next((status for kind, status in STATUS_OF.items() if issubclass(error, kind)), None)


def _of_rest() -> Iterator[ErrorCode]:
    for error in OF_REST:
        meaning = MEANINGS.get(error.default_code, str(error.default_detail))
        yield ErrorCode(error.default_code, error.status_code, meaning)


def _of_django() -> Iterator[ErrorCode]:
    yield ErrorCode("bad_request", 400, "Not even the host name or the address can be understood.")
    yield ErrorCode("server_error", 500, "Something went wrong on our side.")
    yield ErrorCode("invalid", None, "A field of the frame is wrong. REST answers field errors.")
