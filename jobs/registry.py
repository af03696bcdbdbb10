"""
The kinds of jobs, each with its handler and its limits.

An app registers its handlers in its `jobs.py`, which is imported when Django starts. A worker claims
only kinds that it knows: during a rolling deployment, an old process leaves new kinds alone.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from jobs.exceptions import InvalidArguments, UnknownKind
from jobs.models import Job

Handler = Callable[..., None]
Interval = timedelta | Callable[[], timedelta]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True)
class JobKind:
    """How jobs of one kind run; see `job` for the meaning of each field."""

    name: str
    handler: Handler
    retries: int
    limit: int | None
    priority: Job.Priority
    timeout: timedelta
    every: Interval | None
    keep_done: bool
    first_pause: timedelta
    threads: int | None

    @property
    def interval(self) -> timedelta | None:
        """Return the time from the end of a recurring job to its next run; None if it runs once."""
        return self.every() if callable(self.every) else self.every

    def ensure_takes(self, args: Mapping[str, Any]) -> None:
        """Raise InvalidArguments unless the handler can be called with these arguments."""
        try:
            inspect.signature(self.handler).bind(**args)
        except TypeError as error:
            raise InvalidArguments(f"{self.name}: {error}") from error


_kinds: dict[str, JobKind] = {}


def job(  # noqa: PLR0913 - one for each limit, all with defaults
    name: str,
    *,
    retries: int = 8,
    limit: int | None = None,
    priority: Job.Priority = Job.Priority.NORMAL,
    timeout: timedelta = timedelta(minutes=5),
    every: Interval | None = None,
    keep_done: bool = True,
    first_pause: timedelta = timedelta(seconds=5),
    threads: int | None = None,
) -> Callable[[H], H]:
    """
    Register a function as the handler of a kind of job.

    A handler runs at least once for each job, and may run again after it has finished: a worker can
    be killed before it records the end. So it must be idempotent. Its arguments are keyword-only JSON
    values, and must stay compatible with those that the previous release enqueued. It needs its own
    network time-outs: past `timeout` the job is retried, but Python cannot stop the thread.

    `retries` is the number of tries after the first; the pause before the first of them is
    `first_pause`, and doubles up to an hour. `limit` is how many run at a time, over all
    processes. With `every`, the kind recurs: it takes no arguments, and its next run is due that
    long after the end of the last. Without `keep_done`, the row is deleted after a success. With
    `threads`, each worker has that many threads for this kind alone, instead of a share of
    `JOB_THREADS`: for handlers that mostly wait for a network, and hold no database connection then.
    """

    def register(handler: H) -> H:
        if name in _kinds and _kinds[name].handler is not handler:
            raise ValueError(f"The job {name} has two handlers.")
        _kinds[name] = JobKind(
            name=name,
            handler=handler,
            retries=retries,
            limit=limit,
            priority=priority,
            timeout=timeout,
            every=every,
            keep_done=keep_done,
            first_pause=first_pause,
            threads=threads,
        )
        return handler

    return register


def get_kind(name: str) -> JobKind:
    """Return a registered kind; raise UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No job is called {name!r}.") from None


def list_kinds() -> list[JobKind]:
    """Return every registered kind."""
    return list(_kinds.values())
