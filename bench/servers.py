"""Start PostgreSQL for the benchmark, and count statements."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.backends import Postgres

_LOAD = "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"
_TRACK = "ALTER SYSTEM SET pg_stat_statements.track = '{}'"
# Otherwise PostgreSQL rewrites whole pages every few seconds while millions of rows are inserted.
_WRITE_RARELY = "ALTER SYSTEM SET max_wal_size = '8GB'"
# Excludes PostgreSQL's own checks of deferred foreign keys, the worker's look for jobs each second, and the
# benchmark's statements.
_COUNT = r"""
SELECT COALESCE(sum(calls), 0), COALESCE(sum(shared_blks_hit + shared_blks_read), 0)
FROM pg_stat_statements
WHERE query !~* '^\s*(BEGIN|COMMIT|SELECT pg_reload_conf|SELECT 1 FROM ONLY|SELECT min.seconds.)'
  AND query NOT LIKE '%pg_stat_statements%'
"""


@contextmanager
def counting_postgres(*, durable: bool) -> Iterator[Postgres]:
    """Run PostgreSQL with pg_stat_statements, which counts only inside `Statements`."""
    with Postgres(own=True, durable=durable, max_connections=100) as postgres:
        _execute(postgres.url, _LOAD, _WRITE_RARELY)
        postgres.restart()
        _execute(postgres.url, "CREATE EXTENSION pg_stat_statements", _TRACK.format("none"))
        _execute(postgres.url, "SELECT pg_reload_conf()")
        yield postgres


def create_database(url: str, name: str) -> str:
    """Create an empty database; return its URL."""
    _execute(url, f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


def copy_database(url: str, name: str) -> str:
    """Copy a database that has no connections; return the copy's URL."""
    _execute(url, f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}")
    return f"{url.rpartition('/')[0]}/{name}"


class Statements:
    """
    Counts the statements during a `with` block, without BEGIN, COMMIT and checks of foreign keys.

    `pages` is how many pages of 8 KB they have read, in memory or from the disk.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self.count = self.pages = 0

    def __enter__(self) -> "Statements":
        _execute(self._url, _TRACK.format("top"), "SELECT pg_reload_conf()")
        # Sessions apply a new setting at their next statement.
        _execute(self._url, "SELECT pg_stat_statements_reset()")
        return self

    def __exit__(self, *args: object) -> None:
        with psycopg.connect(self._url) as connection:
            row = connection.execute(_COUNT).fetchone()
            self.count, self.pages = map(int, row or (0, 0))
        _execute(self._url, _TRACK.format("none"), "SELECT pg_reload_conf()")


def _execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
