"""
Serves static files with servestatic's ASGI application, bypassing Django and its middleware.

Headers that clients do not need are removed: a first load has about a hundred small modules, and with
all headers sent, a third of its bytes would be headers.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from servestatic.asgi import ServeStaticASGI

from api.exceptions import NotFound
from server.compression import CompressText
from server.responses import refuse, send_response

NOSNIFF = (b"x-content-type-options", b"nosniff")
# Immutable files need no validators.
VALIDATORS = frozenset({b"etag", b"last-modified"})
SECONDS_IN_CACHES = 60
MANIFEST = "staticfiles.json"  # written by collectstatic for Django, not for clients


def build_static_files() -> Any:
    """
    Return an ASGI application for `STATIC_URL`.

    In production it serves the files that were in `STATIC_ROOT` at startup. In development it reads the
    apps' files for each request, and compresses them on the fly.
    """
    files = ServeStaticASGI(
        _no_such_file,
        autorefresh=settings.DEBUG,
        max_age=0 if settings.DEBUG else SECONDS_IN_CACHES,
        allow_all_origins=False,
    )
    for folder in _list_app_folders() if settings.DEBUG else [settings.STATIC_ROOT]:
        files.add_files(folder, settings.STATIC_URL)
    files.files.pop(f"{settings.STATIC_URL}{MANIFEST}", None)
    lean = LeanHeaders(files)
    return CompressText(lean) if settings.DEBUG else lean


def _list_app_folders() -> Iterator[str]:
    """Yield the apps' folders in reverse order: servestatic prefers the folder added last."""
    storages = [storage for finder in get_finders() for storage in _storages_of(finder)]
    for storage in reversed(storages):
        yield storage.location


def _storages_of(finder: Any) -> list[Any]:
    return list(finder.storages.values())


class LeanHeaders:
    """Adds `nosniff` to each response, and removes `ETag` and `Last-Modified` from immutable files."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_lean(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _make_lean(message["headers"])}
            await send(message)

        await self._app(scope, receive, send_lean)


def _make_lean(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    is_immutable = any(name == b"cache-control" and b"immutable" in v for name, v in headers)
    dropped = VALIDATORS if is_immutable else frozenset()
    return [*((name, value) for name, value in headers if name not in dropped), NOSNIFF]


async def _no_such_file(scope: Any, receive: Any, send: Any) -> None:
    headers = scope["headers"]
    answer = refuse(
        404, NotFound.detail, NotFound.code, path=scope["path"], request_headers=headers
    )
    await send_response(send, answer)
