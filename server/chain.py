"""Combines the API's middleware and views in one synchronous call, so that one thread runs a request."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http.response import HttpResponseBase
from django.urls import get_resolver, set_urlconf
from django.utils.module_loading import import_string

View = Callable[..., HttpResponseBase]
StandIn = Callable[[View], View]
Chain = Callable[["ApiRequest"], HttpResponseBase]


class ApiRequest(ASGIRequest):
    """
    A request whose view can be replaced.

    `stand_in`, if set, takes the request's view and returns the view to call instead. For example, it
    returns a view that checks an upload before the body is read.
    """

    stand_in: StandIn | None = None


def build_chain(middleware: Iterable[str]) -> Chain:
    """
    Return a function that passes a request through the middleware, the first one outermost, to its view.

    Middleware with `process_view` or `process_template_response` is not supported. Each step converts
    exceptions to responses, as Django's own handlers do.
    """
    chain: Any = convert_exception_to_response(_call_view)
    for name in reversed(list(middleware)):
        chain = convert_exception_to_response(import_string(name)(chain))

    def get_response(request: ApiRequest) -> HttpResponseBase:
        set_urlconf(settings.ROOT_URLCONF)
        response: HttpResponseBase = chain(request)
        return response

    return get_response


def _call_view(request: Any) -> HttpResponseBase:
    match = get_resolver().resolve(request.path_info)
    request.resolver_match = match
    view = request.stand_in(match.func) if request.stand_in else match.func
    response: Any = view(request, *match.args, **match.kwargs)
    if callable(getattr(response, "render", None)):
        response = response.render()
    rendered: HttpResponseBase = response
    return rendered
