"""The CORS headers of responses that are sent without Django."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.http import HttpResponse

Headers = list[tuple[bytes, bytes]]

_django_cors = CorsMiddleware(lambda request: HttpResponse())


def cors_headers(path: str, request_headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """
    Return the headers with which a page of an allowed origin can read a response, as from Django.

    Without them, the page gets a network error instead of the response. `request_headers` have names in
    lower case.
    """
    if not re.match(settings.CORS_URLS_REGEX, path):
        return []
    origin = dict(request_headers).get(b"origin", b"")
    if not _is_allowed(origin.decode("latin-1")):
        return [(b"vary", b"origin")]
    exposed = ", ".join(settings.CORS_EXPOSE_HEADERS).encode()
    return [
        (b"vary", b"origin"),
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", exposed),
    ]


def _is_allowed(origin: str) -> bool:
    try:
        return _django_cors.origin_found_in_white_lists(origin, urlsplit(origin))
    except ValueError:  # not a URL
        return False
