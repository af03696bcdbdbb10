"""
Serves the API with one hop to a thread for each request.

Django's own ASGI handler starts a thread for each request and hops into it some twenty times: twice
for each middleware, for the signals, the view, the rendering and the closing. A hop costs more than
a query. Here a whole request, from the first middleware to the closed response, runs in one of a
few threads that stay; see docs/adr/0008-one-hop-api-handler.md for the figures.
"""

import asyncio
import select
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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

from config.limits import may_be_large

Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]

# A browser's own cache outlives the sign-out.
NOT_STORED = (b"cache-control", b"no-store")


class OneHopHandler(BaseHandler):
    """An ASGI application for views whose answers are small and not streamed."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self._threads = ThreadPoolExecutor(settings.API_THREADS, thread_name_prefix="api")
        self._large_bodies = asyncio.Semaphore(settings.LARGE_BODIES)

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain of `API_MIDDLEWARE`, which has no hooks for views and templates."""
        chain: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # not in the stubs
        for name in reversed(settings.API_MIDDLEWARE):
            chain = convert_exception_to_response(import_string(name)(chain))
        self._middleware_chain = chain
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Answer one request. A client that goes away does not stop what it has asked for.

        Whoever asks is known only when the body has been read: of large ones a few are read at a
        time. The others wait on their connections, for REQUEST_BODY_SECONDS at most.
        """
        if may_be_large(scope):
            async with self._large_bodies:
                await self._serve(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        body = await _read_body(receive)
        if body is None:
            return
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()
        self._threads.submit(self._work, loop, answered, _with_length(scope, body), body)
        status, headers, content = await answered
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _work(
        self, loop: asyncio.AbstractEventLoop, answered: asyncio.Future[Answer], *request: Any
    ) -> None:
        """Hand the answer over; the chained futures of run_in_executor() cost as much as a query."""
        try:
            answer = self._answer(*request)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            loop.call_soon_threadsafe(_end, answered, answered.set_exception, error)
        else:
            loop.call_soon_threadsafe(_end, answered, answered.set_result, answer)

    def _answer(self, scope: Any, body: bytes) -> Answer:
        set_script_prefix(scope.get("root_path", "") or "/")
        _replace_cut_connections()
        try:
            return self._respond(scope, body)
        finally:
            _drop_spoilt_connections()

    def _respond(self, scope: Any, body: bytes) -> Answer:
        try:
            request = ASGIRequest(scope, BytesIO(body))
        except UnicodeDecodeError:
            return _parts_of(HttpResponseBadRequest())
        try:
            response = self.get_response(request)
            parts = _parts_of(response)
            _untie(response)
            return parts
        finally:
            request.close()


def _end(answered: asyncio.Future[Answer], end: Callable[[Any], None], outcome: Any) -> None:
    """Say what came of it, unless nobody waits for it any more."""
    if not answered.done():
        end(outcome)


async def _read_body(receive: Any) -> bytes | None:
    """Return the whole body, or None when the client went away before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _with_length(scope: Any, body: bytes) -> Any:
    """Add the length of a body that came in chunks: DRF takes one without a length for none."""
    if not body or any(name == b"content-length" for name, _ in scope["headers"]):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"content-length", b"%d" % len(body))]}


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
    if response.status_code != HTTPStatus.NO_CONTENT:  # which must have none
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
