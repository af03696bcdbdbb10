"""Serves everything outside the API, and explains errors for which Django has no page of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware

from api.accepted_language import language_of_headers
from api.error_body import MALFORMED
from api.error_pages import error_page, is_for_people
from api.errors import NOT_SUPPORTED, Busy
from api.languages import language_of_page
from api.networks import network_of
from server.lanes import LaneFull
from server.request_log import note_request
from server.slots import make_page_slots

logger = logging.getLogger(__name__)

DETAILS = {HTTPStatus.METHOD_NOT_ALLOWED: NOT_SUPPORTED}


class PageHandler(ASGIHandler):
    """
    Django's handler, for a limited number of requests at the same time.

    Django starts a thread per request, and hundreds of busy threads would delay the API's. A request
    takes a slot after its body has arrived, and frees it before its response is sent, so a slow client
    holds none. Requests that are too malformed for a request object get a page, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._slots = make_page_slots()

    async def get_response_async(self, request: Any) -> HttpResponseBase:
        network = network_of(request.META.get("REMOTE_ADDR", ""))
        try:
            async with self._slots.hold(network, _forever):
                response: HttpResponseBase = await super().get_response_async(request)
        except LaneFull as full:
            logger.warning("503 %s %s: %s", request.method, request.path, full)
            with translation.override(language_of_page(request)):
                response = _refuse_busy(request.path)
        note_request(request)
        return response

    def create_request(self, scope: Any, body_file: Any) -> Any:
        request, refusal = super().create_request(scope, body_file)
        with translation.override(language_of_headers(scope["headers"])):
            return request, refusal and _explain(refusal, scope["path"])


async def _forever() -> None:
    """Wait until cancelled: Django itself cancels a request whose client disconnects."""
    await asyncio.Event().wait()


def _refuse_busy(path: str) -> HttpResponseBase:
    headers = {"Retry-After": str(Busy.wait), "Cache-Control": "no-store"}
    busy = HttpResponse(status=Busy.status_code, headers=headers)
    return _with_page(busy, error_page(busy.status_code, Busy.default_detail, path=path))


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
    response["Content-Length"] = len(
        response.content
    )  # CommonMiddleware has set that of the empty body
    return response  # type: ignore[no-any-return]
