"""The page that shows the API description, and lets developers try the endpoints."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

# Tokens are pasted into this page, so it runs our own files only, and sends requests only to this server.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


class DocsView(SpectacularSwaggerSplitView):
    """Serves the page, and with `?script` its script, under a Content-Security-Policy."""

    url_name = "schema"
    template_name = "api/docs.html"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]  # no types
        response["Content-Security-Policy"] = POLICY
        return response
