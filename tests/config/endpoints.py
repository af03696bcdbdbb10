"""Lists every REST endpoint, from the URL resolver."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from web.views import shell

METHODS = ("get", "post", "put", "patch", "delete")
THUMB = "%F0%9F%91%8D"
DESCRIPTION = {"GET schema/", "GET docs/"}


def list_endpoints() -> list[str]:
    """Return each endpoint as `METHOD path`, without `/api/`; ids are shown as `<parameter_name>`."""
    found = [
        f"{method.upper()} {route.removeprefix('api/').replace('<str:', '<')}"
        for route, view in list_routes(get_resolver().url_patterns)
        for method in METHODS
        if is_endpoint(view) and hasattr(view, method)
    ]
    return sorted(set(found) - DESCRIPTION)


def list_other_routes() -> set[str]:
    """Return the routes that are no endpoints, except the admin's and the pages of the browser client."""
    return {
        route
        for route, view in list_routes(get_resolver().url_patterns)
        if not (is_endpoint(view) or view is shell or route.startswith("admin/"))
    }


def list_routes(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield every route, and its view: the class of an endpoint, or else the function."""
    for pattern in patterns:
        route = prefix + re.sub(r"<id:(\w+)>", r"<\1>", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from list_routes(pattern.url_patterns, route)
        else:
            yield route, getattr(pattern.callback, "cls", pattern.callback)


def is_endpoint(view: Any) -> bool:
    return isinstance(view, type) and issubclass(view, APIView)


def url_of(endpoint: str, ids: dict[str, int]) -> tuple[str, str]:
    """Return the method and the URL of an endpoint with these ids. Reactions are a thumb."""
    method, path = endpoint.split()
    parts = {"emoji": THUMB, **ids}
    return method, "/api/" + re.sub(r"<(\w+)>", lambda match: str(parts[match[1]]), path)
