"""
One line per request and per socket: id, route, user, status and duration.

The line names the route, never the path, the query or a header, so no text, token or address that people
or programs put there gets into the log.
"""

import itertools
import logging
import re
import secrets
import time
from typing import Any

from django.conf import settings

from api import metrics
from server.request_ids import request_id

logger = logging.getLogger("access")

HEADER = b"x-request-id"
SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
QUIET = ("/static/", "/media/", "/sw.js", "/manifest.webmanifest", "/healthz", "/readyz")
FAILED = 400
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
NUMBER = re.compile(r"\d+")

_prefix, _numbers = secrets.token_hex(6), itertools.count()


class RequestLog:
    """What is known about a request or socket: the handlers add its route and its user."""

    __slots__ = ("id", "is_socket", "route", "start", "status", "user_id")

    def __init__(self, scope: Any) -> None:
        self.id = _id_of(scope)
        self.route = ""
        self.user_id: int | None = None
        self.status = 0
        self.is_socket = False
        self.start = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.start


def note_request(request: Any) -> None:
    """Note the route and the user of a request that Django has handled; make no query for it."""
    log: RequestLog | None = request.scope.get("log")
    if log is None:
        return
    if request.resolver_match:
        log.route = request.resolver_match.route
    # REST framework sets `user`. Django's own is lazy, and `_cached_user` once it has been loaded.
    known = vars(request)
    is_api = log.route.startswith("api/")
    user = known.get("user") if is_api else known.get("_cached_user")
    log.user_id = getattr(user, "pk", None)


def note_socket(scope: Any, user_id: int) -> None:
    """Note the user of a socket, whose path has a consumer, and so contains only words and ids."""
    if log := scope.get("log"):
        log.user_id = user_id
        log.route = NUMBER.sub("<id>", scope["path"].lstrip("/"))


class LoggedRequests:
    """An ASGI app that gives each request and socket an id, returns it, and logs the outcome."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        log = scope["log"] = RequestLog(scope)
        request_id.set(log.id)
        header = (HEADER, log.id.encode())

        async def send_with_id(message: Any) -> None:
            kind = message["type"]
            if kind in ("http.response.start", "websocket.http.response.start"):
                log.status = message["status"]
                message["headers"] = [*message.get("headers", ()), header]
            elif kind == "websocket.accept":
                log.is_socket = True
                metrics.open_sockets.inc()
            elif kind == "websocket.close":
                log.status = message.get("code", 1000)
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            if log.is_socket:
                metrics.open_sockets.dec()
            write_line(scope, log)


def write_line(scope: Any, log: RequestLog) -> None:
    """Log the outcome, unless it is a file that was served or a health check that succeeded."""
    count(scope, log)
    if log.status < FAILED and scope["path"].startswith(QUIET):
        return
    if settings.LOG_FORMAT == "json" and logger.isEnabledFor(logging.INFO):
        method = scope.get("method", "WEBSOCKET")
        route = log.route or "unknown"
        fields = {
            "method": method,
            "route": route,
            "status": log.status,
            "duration_ms": round(1000 * log.seconds, 1),
            "user_id": log.user_id,
        }
        logger.info("%s %s %s", method, route, log.status, extra={"fields": fields})


def count(scope: Any, log: RequestLog) -> None:
    """Count a request; a socket is counted while it is open. Files share one route."""
    if scope["type"] == "http":
        route = log.route or ("files" if scope["path"].startswith(QUIET) else "unknown")
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        metrics.request_child(method, route, log.status).observe(log.seconds)
        metrics.pool_gauge.update()


def _id_of(scope: Any) -> str:
    """Return the id that a proxy has sent, if it is one, or a new one."""
    for name, value in scope["headers"]:
        if name == HEADER:
            if SANE_ID.fullmatch(value):
                return str(value.decode())
            break
    return f"{_prefix}-{next(_numbers):x}"
