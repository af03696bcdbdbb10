"""Real threads with connections and commits of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import TypeVar

from django.db import connections, transaction

from users.exceptions import ServiceError

T = TypeVar("T")

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

    It has a moment in which to overtake. A `second` that waits, as it should, goes on after the
    commit. `then` ends the transaction of `first`.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            outcome = pool.submit(_run, second)
            wait([outcome], MOMENT)
            then()
        return outcome.result()


def _run(call: Callable[[], T]) -> T | ServiceError:
    try:
        return call()
    except ServiceError as error:
        return error
    finally:
        connections.close_all()
