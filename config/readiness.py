"""`/readyz`: whether everything behind this process works, and what does not."""

import threading
import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from config.probes.databases import list_unapplied, probe_worker
from config.probes.finding import Level

# An answer is given again for this long, so that frequent questions cost nothing.
KEEP_SECONDS = 1.0
REDIS_SECONDS = 1.0
OK = "ok"


class Readiness:
    """The last answer, and the migrations that this process has seen applied."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checks: dict[str, str] = {}
        self._until = 0.0
        self._is_migrated = False

    def checks(self) -> dict[str, str]:
        """Return `ok`, or what is wrong, for each part. No word of it names a server or a secret."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._checks = {
                    "database": _word_for(self._ask_database),
                    "migrations": _word_for(self._ask_migrations),
                    "redis": _ask_redis(),
                    "worker": _word_for(_ask_worker),
                }
                self._until = time.monotonic() + KEEP_SECONDS
            return self._checks

    def _ask_database(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return OK

    def _ask_migrations(self) -> str:
        self._is_migrated = self._is_migrated or not list_unapplied(connection)
        return OK if self._is_migrated else "missing"


def _word_for(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except DatabaseError:
        return "away"


def _ask_redis() -> str:
    if not settings.REDIS_URLS:
        return "not used"
    try:
        for client in _redis_clients(tuple(settings.REDIS_URLS)):
            client.ping()
    except (RedisError, OSError):
        return "away"
    return OK


@cache
def _redis_clients(urls: tuple[str, ...]) -> list[Redis]:
    seconds = REDIS_SECONDS
    return [
        Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds) for url in urls
    ]


def _ask_worker() -> str:
    return OK if probe_worker().level is Level.OK else "not seen lately"


readiness = Readiness()


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database, its migrations, Redis and a worker are there, else 503; say which."""
    checks = readiness.checks()
    is_ready = all(word in (OK, "not used") for word in checks.values())
    body = {
        "status": OK if is_ready else "not ready",
        "version": settings.VERSION,
        "checks": checks,
    }
    return JsonResponse(
        body, status=200 if is_ready else 503, headers={"Cache-Control": "no-store"}
    )
