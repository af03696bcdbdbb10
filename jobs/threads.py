"""The threads of a worker: each runs one handler at a time."""

import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from traceback import extract_tb

from django.db import connections

from jobs.attempts import attempting
from jobs.claims import Claim, Failure, Outcome
from jobs.exceptions import GiveUp, RetryLater

MAX_ERROR_LENGTH = 500


class JobThreads:
    """
    A pool of up to `most` threads, which start on demand and then stay alive.

    The threads are daemons, so a hanging handler does not prevent the process from exiting.
    """

    def __init__(self, most: int, on_end: Callable[[Outcome], None]) -> None:
        self._most = most
        self._on_end = on_end
        self._queue: SimpleQueue[Claim] = SimpleQueue()
        self._started = 0
        self._busy = 0
        self._lock = threading.Lock()

    @property
    def free(self) -> int:
        """Return the number of free threads."""
        return self._most - self._busy

    def run(self, claim: Claim) -> None:
        """Run a job in a thread, which then calls `on_end`. Call this only while a thread is `free`."""
        with self._lock:
            self._busy += 1
            if self._busy > self._started:
                self._started += 1
                threading.Thread(target=self._serve, name="job", daemon=True).start()
        self._queue.put(claim)

    def _serve(self) -> None:
        while True:
            claim = self._queue.get()
            outcome = Outcome(claim, run_handler(claim))
            if self._queue.empty():
                connections.close_all()  # returns them to the pool
            with self._lock:
                self._busy -= 1
            self._on_end(outcome)


def run_handler(claim: Claim) -> Failure | None:
    """Call the handler of a job; return a Failure, or None after a success."""
    try:
        with attempting(claim):
            claim.kind.handler(**claim.args)
    except GiveUp as error:
        return Failure(_describe(error), is_final=True)
    except RetryLater as error:
        return Failure(_describe(error), seconds=error.seconds)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - recorded, shown in the admin, retried
        return Failure(_describe(error))
    return None


def _shorten(text: str) -> str:
    """Return the text as one line of at most `MAX_ERROR_LENGTH` characters that PostgreSQL can store."""
    line = " ".join(text.replace("\0", " ").split())
    return line.encode(errors="replace").decode()[:MAX_ERROR_LENGTH]


def _describe(error: BaseException) -> str:
    """
    Return a one-line description of an error for the admin.

    It includes the type of the error and the line of code that raised it, except for GiveUp and
    RetryLater, whose messages say enough.
    """
    if isinstance(error, (GiveUp, RetryLater)):
        return _shorten(str(error))
    frame = extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return _shorten(f"{type(error).__name__}: {error} ({place})")
