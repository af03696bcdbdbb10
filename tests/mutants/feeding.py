"""Distributes work to several workers, each of which takes the next piece when it is free."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from tests.mutants.workers import Worker

T = TypeVar("T")


def feed(workers: Sequence[Worker], pieces: Iterable[T], act: Callable[[Worker, T], None]) -> None:
    """Call `act` with each piece and a free worker, in one thread per worker."""
    remaining, lock = iter(pieces), Lock()

    def work(worker: Worker) -> None:
        while True:
            with lock:
                piece = next(remaining, None)
            if piece is None:
                return
            act(worker, piece)

    with ThreadPoolExecutor(len(workers)) as pool:
        for done in [pool.submit(work, worker) for worker in workers]:
            done.result()
