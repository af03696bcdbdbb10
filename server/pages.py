"""Serves everything outside the API, and explains errors for which Django has no page of its own."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from api.error_body import MALFORMED
from api.error_pages import error_page, is_for_people
from api.errors import NOT_SUPPORTED
from server.request_log import note_request

DETAILS = {HTTPStatus.METHOD_NOT_ALLOWED: NOT_SUPPORTED}


class PageHandler(ASGIHandler):
    """Django's handler, with a page for requests that are too malformed for a request object."""

    async def get_response_async(self, request: Any) -> HttpResponseBase:
        response: HttpResponseBase = await super().get_response_async(request)
        note_request(request)
        return response

    def create_request(self, scope: Any, body_file: Any) -> Any:
        request, refusal = super().create_request(scope, body_file)
        return request, refusal and _explain(refusal, scope["path"])


@sync_and_async_middleware
def explain_empty_errors(get_response: Callable[[HttpRequest], Any]) -> Callable[..., Any]:
    """Add a page to error responses without a body, such as 405. Browsers show nothing for them."""
    if iscoroutinefunction(get_response):

        async def explain_later(request: HttpRequest) -> HttpResponseBase:
            pending: Awaitable[HttpResponseBase] = get_response(request)
            return _explain(await pending, request.path_info)

        return explain_later

    def explain(request: HttpRequest) -> HttpResponseBase:
        return _explain(get_response(request), request.path_info)

    return explain


def _explain(response: HttpResponseBase, path: str) -> HttpResponseBase:
    is_empty = isinstance(response, HttpResponse) and not response.content
    if is_empty and response.status_code >= HTTPStatus.BAD_REQUEST and is_for_people(path):
        detail = DETAILS.get(HTTPStatus(response.status_code), MALFORMED)
        page = error_page(response.status_code, detail, path=path)
        response = _with_page(response, page)
    return response


def _with_page(response: Any, page: str) -> HttpResponseBase:
    response.content = page
    response["Content-Type"] = "text/html; charset=utf-8"
    return response  # type: ignore[no-any-return]
