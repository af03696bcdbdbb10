"""Serves the API description from a file, because generating it takes 40 ms of processor time."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

# `make schema` generates the files.
FOLDER = Path(__file__).parent
FILES = {"yaml": FOLDER / "openapi.yaml", "json": FOLDER / "openapi.json"}


class SchemaView(APIView):
    """The OpenAPI description, as YAML, or as JSON for clients that accept only JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    renderer_classes = SpectacularAPIView.renderer_classes

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Return the API description, or 304 if the client has the current one."""
        renderer: Any = request.accepted_renderer
        content, etag = _read(renderer.format)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        headers = {
            "Content-Type": f"{renderer.media_type}{charset}",
            "Content-Disposition": f'inline; filename="Trainer messaging.{renderer.format}"',
            "Cache-Control": "no-cache",  # clients revalidate each time
            "ETag": etag,
        }
        response = HttpResponse(content, headers=headers)
        known = get_conditional_response(request, etag=etag, response=response)
        return known or response


@cache
def _read(file_format: str) -> tuple[bytes, str]:
    """Return the API description in a format, and its ETag."""
    content = FILES[file_format].read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
