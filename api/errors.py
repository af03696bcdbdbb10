"""
Error responses for errors of services, DRF, Django and the database.

The API's are JSON in one format. Outside the API, people get pages: see `api.error_pages`.
"""

import sys
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django_stubs_ext import StrOrPromise
from psycopg.errors import ForeignKeyViolation
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback
from rest_framework.views import exception_handler as drf_exception_handler

from api.error_body import MALFORMED, error_body
from api.error_pages import error_page, is_for_people
from api.exceptions import (
    FieldInvalid,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    ServiceError,
    TooFast,
)
from api.outages import may_be_tried_again

STATUS_OF = {Invalid: 400, NotSignedIn: 401, Forbidden: 403, NotFound: 404, TooFast: 429}
RETRY_AFTER_SECONDS = 2
EXPIRED_FORM = _("This form has expired. Go back, reload the page, and send it again.")
NOT_SUPPORTED = _("The page cannot be opened in this way. Go to it by its link.")


class TemporarilyUnavailable(exceptions.APIException):
    status_code = 503
    default_code = "temporarily_unavailable"
    default_detail = _("The service is temporarily unavailable. Please try again.")
    is_on_sockets = True
    wait = RETRY_AFTER_SECONDS


class Busy(TemporarilyUnavailable):
    default_detail = _("The service is busy at the moment. Please try again.")


class BusyView(APIView):
    """Responds with 503, because the queue of a thread pool or of the upload slots is full."""

    authentication_classes = permission_classes = throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Busy


def busy(_view: Any) -> Any:
    """Return a view that responds with 503, to call instead of `_view` because a queue is full."""
    return BusyView.as_view()


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the body of `error_body` for expected errors, `{field: [...]}` for field errors, else None."""
    path = context["request"].path_info
    if isinstance(error, ServiceError):
        set_rollback()
        return _service_error(error, path)
    if _may_be_tried_again(error):
        error = TemporarilyUnavailable()
    response = drf_exception_handler(error, context)
    if response is not None and isinstance(response.data, dict):
        _add_code(response, error, path)
    return response


def _may_be_tried_again(error: BaseException | None) -> bool:
    """
    Return whether the client should try again.

    True if the database is away, if another transaction was in the way, or if a row that the request
    refers to was deleted meanwhile.
    """
    cause = getattr(error, "__cause__", None)
    return may_be_tried_again(error) or _is_deleted_meanwhile(error, cause)


def _is_deleted_meanwhile(error: BaseException | None, cause: BaseException | None) -> bool:
    """
    Return whether a row that the request saves, or that a new row refers to, was deleted meanwhile.

    The deleted row may be an account, for example. The error may come as late as the commit, and need
    not name the deleted row. A retry gets the exact response: 401 for a deleted account, 404 otherwise.
    """
    if isinstance(error, DatabaseError) and str(error).endswith("did not affect any rows."):
        return True
    is_sqlites = getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_FOREIGNKEY"
    is_foreign_key = is_sqlites or isinstance(cause, ForeignKeyViolation)
    return isinstance(error, IntegrityError) and is_foreign_key


def _service_error(error: ServiceError, path: str) -> Response:
    if isinstance(error, FieldInvalid):
        return Response({error.field: error.messages}, status=400)
    status = next(status for kind, status in STATUS_OF.items() if isinstance(error, kind))
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(error, TooFast):
        headers["Retry-After"] = str(error.retry_after)
    return Response(error_body(error.detail, error.code, path=path), status, headers=headers)


def _add_code(response: Response, error: Exception, path: str) -> None:
    if set(response.data) == {"detail"} and not isinstance(error, exceptions.ValidationError):
        detail = response.data["detail"]
        code = getattr(detail, "code", None) or "error"
        response.data = error_body(detail, code, path=path)


def refuse(request: HttpRequest, status: int, detail: StrOrPromise, code: str) -> HttpResponse:
    """Return an error: a page for people's browsers, JSON for programs."""
    path = request.path_info
    if is_for_people(path):
        return HttpResponse(error_page(status, detail, path=path), status=status)
    return JsonResponse(error_body(detail, code, path=path), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Respond to requests that Django refuses, such as those with an unknown Host header."""
    return refuse(request, 400, MALFORMED, "bad_request")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, 403, _("You are not allowed to do this."), "permission_denied")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Respond to a form without a valid CSRF token, which may be an old form in another tab."""
    return refuse(request, 403, EXPIRED_FORM, "permission_denied")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, 404, NotFound.detail, NotFound.code)


@csrf_exempt
def unknown_endpoint(request: HttpRequest) -> HttpResponse:
    """Return 404 for unknown paths under /api/."""
    return page_not_found(request, Http404())


def server_error(request: HttpRequest) -> HttpResponse:
    """
    Return 500 for unexpected errors, or 503 if a retry may succeed.

    The 503 is for errors outside DRF's views, such as in the admin; `exception_handler` handles the others.
    """
    if _may_be_tried_again(sys.exc_info()[1]):
        away = TemporarilyUnavailable
        response = refuse(request, away.status_code, away.default_detail, away.default_code)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return refuse(request, 500, _("Something went wrong on our side."), "server_error")
