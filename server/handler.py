"""
Serves the API with one hop to a thread for each request.

Django's own ASGI handler starts a thread for each request and hops into it some twenty times: twice
for each middleware, for the signals, the view, the rendering and the closing. A hop costs more than
a query. Here a whole request, from the first middleware to the closed response, runs in one of a
few threads that stay; see docs/adr/0008-one-hop-api-handler.md for the figures.
"""

import select
from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from django.utils.module_loading import import_string

from api.errors import busy
from server.lanes import Lane, LaneFull, find_password_requests
from server.limits import is_form, read_body
from server.uploads import Admission, UploadSlots, counted

Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]
StandIn = Callable[[Any], Any]

# A browser's own cache outlives the sign-out.
NOT_STORED = (b"cache-control", b"no-store")
# A length would be that of the body that they leave out.
WITHOUT_LENGTH = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class ApiRequest(ASGIRequest):
    """A request with an optional `stand_in`, which maps the view of its path to another one."""

    stand_in: StandIn | None = None


class OneHopHandler(BaseHandler):
    """An ASGI application for views whose answers are small and not streamed."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self._hashing = find_password_requests()
        self._api = Lane("api", settings.API_THREADS)
        self._passwords = Lane("passwords", settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE)
        self._pictures = Lane("pictures", settings.PICTURE_THREADS)
        self._slots = UploadSlots()

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain of `API_MIDDLEWARE`, which has no hooks for views and templates."""
        chain: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # not in the stubs
        for name in reversed(settings.API_MIDDLEWARE):
            chain = convert_exception_to_response(import_string(name)(chain))
        self._middleware_chain = chain
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []

    def resolve_request(self, request: Any) -> Any:
        """Find the view of a request, or what stands in for it."""
        match = super().resolve_request(request)
        if request.stand_in is None:
            return match
        return request.stand_in(match.func), match.args, match.kwargs

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request. A client that goes away does not stop what it has asked for."""
        take = self._take_form if is_form(scope) else self._take
        try:
            answer = await take(scope, receive)
        except LaneFull:
            answer = await self._api.run(self._answer, scope, b"", busy)
        if answer is not None:
            status, headers, content = answer
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": content})

    async def _take(self, scope: Any, receive: Any) -> Answer | None:
        """Read a small body, and have it answered in its lane; None when the client went away."""
        body = await read_body(receive)
        if body is None:
            return None
        hashes = (scope["method"], scope["path"]) in self._hashing
        lane = self._passwords if hashes else self._api
        return await lane.run(self._answer, _with_length(scope, body), body)

    async def _take_form(self, scope: Any, receive: Any) -> Answer | None:
        """
        Authenticate the sender of a form, then read the body and answer, holding an upload slot.

        The session can end while the body arrives, so the view authenticates again.
        """
        admission = Admission()
        refusal = await self._api.run(
            self._answer, _with_some_length(scope), b"", admission.stand_in
        )
        if not admission.is_granted:
            return refusal
        async with self._slots.hold(admission.user_id):
            body = await read_body(receive)
            if body is None:
                return None
            whole = _with_length(scope, body)
            return await self._pictures.run(self._answer, whole, body, counted)

    def _answer(self, scope: Any, body: bytes, stand_in: StandIn | None = None) -> Answer:
        set_script_prefix(scope.get("root_path", "") or "/")
        _replace_cut_connections()
        try:
            return self._respond(scope, body, stand_in)
        finally:
            _drop_spoilt_connections()

    def _respond(self, scope: Any, body: bytes, stand_in: StandIn | None = None) -> Answer:
        try:
            request = ApiRequest(scope, BytesIO(body))
        except UnicodeDecodeError:
            return _parts_of(HttpResponseBadRequest())
        request.stand_in = stand_in
        try:
            response = self.get_response(request)
            parts = _parts_of(response)
            _untie(response)
            return parts
        finally:
            request.close()


def _with_length(scope: Any, body: bytes) -> Any:
    """Add the length of a body that came in chunks: DRF takes one without a length for none."""
    if not body or any(name == b"content-length" for name, _ in scope["headers"]):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"content-length", b"%d" % len(body))]}


def _with_some_length(scope: Any) -> Any:
    """Say of a body in chunks, of which nothing is read yet, that there is one."""
    in_chunks = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    return _with_length(scope, b"?") if in_chunks else scope


# Each thread keeps its connection: taking one from the pool costs as much as a query. So nothing
# here sends `request_started` and `request_finished`, whose receivers would give it back.
def _drop_spoilt_connections() -> None:
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and _is_spoilt(connection):
            connection.close()


def _replace_cut_connections() -> None:
    """
    Have those that the server has cut made anew, and those that wait in the pool.

    The pool looks at nothing but psycopg's own state, which is that of before the cut for as long as
    nobody has read from the connection: left open, it would be handed out again.
    """
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and _is_cut(connection):
            connection.connection.close()
            connection.close()
            connection.pool.check()  # type: ignore[attr-defined]  # PostgreSQL's alone


def _is_spoilt(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether a request left its connection in a state in which the next one cannot use it."""
    return connection.errors_occurred or connection.in_atomic_block


def _is_cut(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether an idle server has something to say, which is that it goes away."""
    if connection.vendor != "postgresql":
        return False
    poll = select.poll()
    poll.register(connection.connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _parts_of(response: HttpResponseBase) -> Answer:
    content = _content_of(response)
    return response.status_code, _headers_of(response, len(content)), content


def _headers_of(response: HttpResponseBase, length: int) -> Headers:
    """Return the headers with a length, without which the server would answer in chunks."""
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    if not response.has_header("Cache-Control"):
        headers.append(NOT_STORED)
    cookies = response.cookies.values()
    if response.status_code not in WITHOUT_LENGTH:
        headers.append((b"content-length", b"%d" % length))
    return headers + [(b"set-cookie", each.OutputString().encode("ascii")) for each in cookies]


def _content_of(response: HttpResponseBase) -> bytes:
    if isinstance(response, HttpResponse):
        return response.content
    return b"".join(response)


def _untie(response: HttpResponseBase) -> None:
    """
    Cut the circles in which DRF ties view, request and response together.

    Else each request leaves some seventy objects to the garbage collector, for which all wait.
    """
    context = getattr(response, "renderer_context", None)
    if context:
        context["request"].parser_context.clear()
        vars(context["view"]).clear()
        context.clear()


class ByPath:
    """Sends what begins with a prefix to one application, and the rest to another."""

    def __init__(self, prefix: str, inside: Any, outside: Any) -> None:
        self._prefix, self._inside, self._outside = prefix, inside, outside

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        inside = scope["path"].startswith(self._prefix)
        await (self._inside if inside else self._outside)(scope, receive, send)
