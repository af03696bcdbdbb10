"""Lists the error codes of REST and sockets, from the exception classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.conf import settings
from rest_framework import exceptions as drf

from api.errors import STATUS_OF, TemporarilyUnavailable
from api.exceptions import ServiceError, TooFast
from api.formats import RequestTooLarge

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
# The meanings of errors whose detail depends on the request.
MEANINGS = {
    drf.MethodNotAllowed.default_code: "This URL does not support this method.",
    drf.UnsupportedMediaType.default_code: "The body has an unsupported type. Most URLs accept only JSON.",
    TooFast.code: "Slow down. `Retry-After` (on sockets, `detail`) has the seconds to wait.",
}


@dataclass(frozen=True)
class ErrorCode:
    """An error code; `status` is its HTTP status, or None if it occurs only on sockets."""

    code: str
    status: int | None
    meaning: str
    is_on_sockets: bool


def list_error_codes() -> list[ErrorCode]:
    """Return all codes, sorted by status and name; codes that occur only on sockets come last."""
    found = {each.code: each for each in (*_of_django(), *_of_rest(), *_of_services())}
    return sorted(found.values(), key=lambda each: (each.status or 999, each.code))


def _of_services() -> Iterator[ErrorCode]:
    """Yield the code of each subclass of ServiceError that defines its own `code`; skip other classes."""
    for module in _exception_modules():
        for error in vars(module).values():
            if _brings_a_code(error):
                meaning = MEANINGS.get(error.code, str(error.detail))
                is_on_sockets = vars(error).get("is_on_sockets", False)
                yield ErrorCode(error.code, _status_of(error), meaning, is_on_sockets)


def _exception_modules() -> Iterator[ModuleType]:
    """Import the `exceptions` modules of the product's apps."""
    for app in apps.get_app_configs():
        is_ours = Path(app.path).parent == settings.BASE_DIR
        if is_ours and find_spec(f"{app.name}.exceptions"):
            yield import_module(f"{app.name}.exceptions")


def _brings_a_code(found: object) -> bool:
    is_error = isinstance(found, type) and issubclass(found, ServiceError)
    return is_error and found is not ServiceError and "code" in vars(found)


def _status_of(error: type[ServiceError]) -> int | None:
    return next((status for kind, status in STATUS_OF.items() if issubclass(error, kind)), None)


def _of_rest() -> Iterator[ErrorCode]:
    for error in OF_REST:
        meaning = MEANINGS.get(error.default_code, str(error.default_detail))
        is_on_sockets = vars(error).get("is_on_sockets", False)
        yield ErrorCode(error.default_code, error.status_code, meaning, is_on_sockets)


def _of_django() -> Iterator[ErrorCode]:
    host = "The request is malformed, or its host name is unknown."
    field = "A field of the frame is invalid. REST returns errors by field instead."
    yield ErrorCode("bad_request", 400, host, is_on_sockets=False)
    yield ErrorCode("server_error", 500, "Something went wrong on our side.", is_on_sockets=False)
    yield ErrorCode("invalid", None, field, is_on_sockets=True)
