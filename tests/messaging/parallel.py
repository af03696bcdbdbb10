"""Real threads with connections and commits of their own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Barrier
from typing import TypeVar

from django.db import connection, connections, transaction

from api.exceptions import ServiceError

T = TypeVar("T")

PATIENCE = 10.0
MOMENT = 0.5


def run_at_once(calls: Sequence[Callable[[], T]]) -> tuple[list[T], list[ServiceError]]:
    """Start all calls in the same moment; return what they returned, and what they refused."""
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
    Run `second` in a thread while `first` is done and not committed; return what came of it.

    A `second` that waits, as it should, goes on after the commit. `then` ends the transaction of
    `first`.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            outcome = pool.submit(_run, second)
            _wait_until_blocked(outcome)
            then()
        return outcome.result()


def _wait_until_blocked(running: Future[T]) -> None:
    """Wait until somebody waits for a lock, or has ended; SQLite does not tell: it gets a moment."""
    if connection.vendor != "postgresql":
        wait([running], MOMENT)
        return
    deadline = time.monotonic() + PATIENCE
    while not (running.done() or _is_somebody_blocked()):
        assert time.monotonic() < deadline, "Nobody waits for what is not committed."
        wait([running], timeout=0.01)


def _is_somebody_blocked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def _run(call: Callable[[], T]) -> T | ServiceError:
    try:
        return call()
    except ServiceError as error:
        return error
    finally:
        connections.close_all()
