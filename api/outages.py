"""
Logs when a server that the product depends on goes away, and when it is back.

While it is away, each process logs the reason once a second. Errors that mean something else are bugs, or
faults that need an operator: they are not answered with "try again", and are logged with a traceback.
"""

import logging
import threading
import time
from collections.abc import Callable

import redis.exceptions

from db.outages import is_away, is_conflict

logger = logging.getLogger(__name__)

LOG_SECONDS = 1.0
REDIS_AWAY = (
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ClusterDownError,
    OSError,
)


class Outage:
    """Whether a server is away, as far as this process has noticed."""

    def __init__(self, subject: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._subject, self._clock = subject, clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._noted = self._logged = -LOG_SECONDS

    def note(self, error: BaseException | str, consequence: str = "") -> None:
        """Log that the server is away, and why, unless that was logged less than a second ago."""
        with self._lock:
            now = self._noted = self._clock()
            self._since = now if self._since is None else self._since
            if now - self._logged < LOG_SECONDS:
                return
            self._logged = now
        reason = " ".join(str(error).split()) or type(error).__name__
        logger.warning("%s is away%s: %s", self._subject, consequence, reason)

    def report(self, error: Exception, consequence: str = "") -> None:
        """Note an error of Redis, or log it with a traceback if it does not mean that Redis is away."""
        if isinstance(error, REDIS_AWAY):
            self.note(error, consequence)
        else:
            logger.error("%s failed%s.", self._subject, consequence, exc_info=error)

    def end(self) -> None:
        """
        Log that the server is back, if it was away. This costs nothing otherwise.

        A success within a second of a failure is ignored: while connections run out, both alternate.
        """
        since = self._since
        if since is not None and self._clock() - self._noted >= LOG_SECONDS:
            self._since = None
            logger.warning("%s is back after %.0f s.", self._subject, self._clock() - since)


database = Outage("The database")
mail = Outage("The mail server")


def may_be_tried_again(error: BaseException | None, consequence: str = "") -> bool:
    """Return whether a later attempt may succeed where the database failed with `error`; log why."""
    if error is None:
        return False
    if is_away(error):
        database.note(error, consequence)
        return True
    if is_conflict(error):
        logger.warning("A transaction was in the way of another one.", exc_info=error)
        return True
    return False


def log_failure(error: Exception, message: str, consequence: str = "") -> None:
    """Log `message` with a traceback, or only that the database is away, if that is the cause."""
    if not may_be_tried_again(error, consequence):
        logger.error(message, exc_info=error)


def raise_unless_away(error: Exception) -> None:
    """Raise `error` again, unless a later attempt may succeed."""
    if not may_be_tried_again(error):
        raise error
