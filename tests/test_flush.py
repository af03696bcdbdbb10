import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from tests import flush
from tests.backends import Postgres
from tests.flush import flush_patiently

pytestmark = pytest.mark.without_servers

IS_BLOCKED = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)"


@pytest.fixture
def flusher() -> Iterator[psycopg.Connection[Any]]:
    with Postgres(own=True) as postgres, psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE people AS SELECT 1")
        connection.execute("CREATE TABLE messages AS SELECT 1")
        connection.commit()
        yield connection


def test_flush_is_not_cancelled_for_a_reading_server(flusher: psycopg.Connection[Any]) -> None:
    """With browser tests on a busy machine, flushes were cancelled, and the next test found old rows."""
    with psycopg.connect(flusher.info.dsn) as server, ThreadPoolExecutor(1) as pool:
        server.execute("TABLE people")
        flushed = pool.submit(execute_flush, flusher, "TRUNCATE messages, people")
        while not server.execute(IS_BLOCKED).fetchall()[0][0]:
            time.sleep(0.01)

        with pytest.raises(psycopg.errors.DeadlockDetected):
            server.execute("TABLE messages")

        flushed.result()
    assert flusher.execute("TABLE people").fetchall() == []


def test_cancelled_flush_is_retried(
    flusher: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flush, "PATIENT", "SET LOCAL deadlock_timeout = '200ms'")
    with psycopg.connect(flusher.info.dsn) as server, ThreadPoolExecutor(1) as pool:
        server.execute("SET deadlock_timeout = '60s'")
        server.execute("TABLE people")
        flushed = pool.submit(execute_flush, flusher, "TRUNCATE messages, people")
        while not server.execute(IS_BLOCKED).fetchall()[0][0]:
            time.sleep(0.01)

        assert server.execute("TABLE messages").fetchall() == [(1,)]

        server.commit()
        flushed.result()
    assert flusher.execute("TABLE people").fetchall() == []


def execute_flush(connection: psycopg.Connection[Any], statement: str) -> None:
    context = {"connection": SimpleNamespace(vendor="postgresql")}
    flush_patiently(lambda sql, *_: connection.execute(sql), statement, None, False, context)
