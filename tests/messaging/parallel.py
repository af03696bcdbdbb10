"""Runs calls in threads with their own database connections and commits."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, connections, transaction

from api.exceptions import ServiceError

T = TypeVar("T")

PATIENCE = 30.0
overlapping = pytest.mark.postgres_only(
    "SQLite never lets two writing transactions overlap, whatever the code locks"
)
"""The pytest mark for tests that use `run_before_commit`."""


def run_at_once(calls: Sequence[Callable[[], T]]) -> tuple[list[T], list[ServiceError]]:
    """Run all calls at the same time; return the results, and the service errors."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | ServiceError:
        start.wait()
        return _run(call)

    with ThreadPoolExecutor(len(calls)) as pool:
        outcomes = list(pool.map(run, calls))
    refused = [each for each in outcomes if isinstance(each, ServiceError)]
    return [each for each in outcomes if not isinstance(each, ServiceError)], refused


def run_before_commit(
    first: Callable[[], object],
    second: Callable[[], T],
    then: Callable[[], object] = lambda: None,
) -> T | ServiceError:
    """
    Run `second` in a thread while the transaction of `first` is open; return its result or error.

    If `second` waits for a lock, as it should, it continues after the commit. `then` runs at the end
    of the transaction of `first`. This needs PostgreSQL: mark the test as `overlapping`.
    """
    assert connection.vendor == "postgresql"
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            outcome = pool.submit(_run, second)
            _wait_until_blocked(outcome)
            then()
        return outcome.result()


def _wait_until_blocked(running: Future[T]) -> None:
    """Wait until another connection waits for a lock of this connection, or the call has ended."""
    deadline = time.monotonic() + PATIENCE
    while not (running.done() or _is_somebody_blocked()):
        assert time.monotonic() < deadline, "No connection waits for the uncommitted transaction."
        wait([running], timeout=0.01)


def _is_somebody_blocked() -> bool:
    """Return whether another connection waits for a lock of the current connection."""
    with connection.cursor() as cursor:
        # Not pg_stat_activity: within a transaction, it shows only the connections that existed when the
        # transaction first read it.
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def _run(call: Callable[[], T]) -> T | ServiceError:
    try:
        return call()
    except ServiceError as error:
        return error
    finally:
        connections.close_all()
