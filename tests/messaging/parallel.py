"""Real threads with connections and commits of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

from users.exceptions import ServiceError

T = TypeVar("T")


def run_at_once(calls: Sequence[Callable[[], T]]) -> tuple[list[T], list[ServiceError]]:
    """Start all calls in the same moment; return what they returned, and what they refused."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | ServiceError:
        start.wait()
        try:
            return call()
        except ServiceError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        outcomes = list(pool.map(run, calls))
    refused = [each for each in outcomes if isinstance(each, ServiceError)]
    return [each for each in outcomes if not isinstance(each, ServiceError)], refused
