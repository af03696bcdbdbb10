"""
Compresses pages of conversations, messages and trainees, which repeat the same fields in each row.

No other response is compressed: compressed, the size of a response with a secret, such as a token or the
code of an invitation, can tell what the secret is. See docs/adr/0032-few-and-small-responses.md.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string
from rest_framework.request import Request
from rest_framework.response import Response

# Compressing takes 0.06 ms even for a few bytes. A smaller response fits in one packet anyway.
LEAST_BYTES = 1024
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")

V = TypeVar("V")
P = ParamSpec("P")
Method = Callable[Concatenate[V, Request, P], Response]


def compressed(method: Method[V, P]) -> Method[V, P]:
    """Compress the responses of a view's method, for clients that accept gzip."""

    @wraps(method)
    def wrapper(self: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        response = method(self, request, *args, **kwargs)
        patch_vary_headers(response, ("Accept-Encoding",))
        if ACCEPTS_GZIP.search(request.headers.get("accept-encoding", "")):
            response.add_post_render_callback(_compress)
        return response

    return wrapper


def _compress(response: Response) -> None:
    """Compress a rendered response, with a padding of random length as in Django's middleware."""
    if len(response.content) >= LEAST_BYTES:
        padding = GZipMiddleware.max_random_bytes
        response.content = compress_string(response.content, max_random_bytes=padding)
        response.headers["Content-Encoding"] = "gzip"
