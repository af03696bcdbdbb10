from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from web.assets import current_build

NAME = "next-version"


class NextVersion:
    """Simulates a change of the client's files by changing the version in the service worker's script."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path == "/sw.js":
            version = current_build().version.encode()
            response.content = response.content.replace(version, NAME.encode())
        return response
