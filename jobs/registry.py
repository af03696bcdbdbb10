"""
The registry of job kinds, each with its handler and limits.

Each app registers its handlers in its `jobs.py`, which is imported when Django starts. A worker claims
only jobs of registered kinds, so during a rolling deployment, old processes ignore new kinds.
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
    """A kind of job; the docstring of the decorator `job` explains the fields."""

    name: str
    handler: Handler
    retries: int
    limit: int | None
    priority: Job.Priority
    timeout: timedelta
    every: Interval | None
    keep_done: bool
    first_pause: timedelta
    longest_pause: timedelta
    threads: int | None

    @property
    def interval(self) -> timedelta | None:
        """Return the time from the end of one run to the next run; None if the kind does not recur."""
        return self.every() if callable(self.every) else self.every

    def ensure_takes(self, args: Mapping[str, Any]) -> None:
        """Raise InvalidArguments unless the handler can be called with these arguments."""
        try:
            inspect.signature(self.handler).bind(**args)
        except TypeError as error:
            raise InvalidArguments(f"{self.name}: {error}") from error


_kinds: dict[str, JobKind] = {}


def job(  # noqa: PLR0913 - one per limit, all with defaults
    name: str,
    *,
    retries: int = 8,
    limit: int | None = None,
    priority: Job.Priority = Job.Priority.NORMAL,
    timeout: timedelta = timedelta(minutes=5),
    every: Interval | None = None,
    keep_done: bool = True,
    first_pause: timedelta = timedelta(seconds=5),
    longest_pause: timedelta = timedelta(hours=1),
    threads: int | None = None,
) -> Callable[[H], H]:
    """
    Register a function as the handler of a kind of job.

    A handler must be idempotent: it runs at least once per job, and may run again after it has finished,
    because a worker can be killed before it records the outcome. The handler's arguments are
    keyword-only JSON values, and must stay compatible with jobs that the previous release enqueued. Its
    network calls need timeouts: after `timeout` the job is retried, but Python cannot stop the thread.

    - `retries`: the number of attempts after the first. The pause before the first retry is
      `first_pause`; it doubles with each retry, up to `longest_pause`.
    - `limit`: the number of jobs of this kind that may run at the same time, across all processes.
    - `every`: makes the kind recur, without arguments. Each run is due this long after the end of the
      previous run.
    - `keep_done`: if False, the row is deleted after a success.
    - `threads`: gives each worker this many threads for this kind alone, instead of a share of
      `JOB_THREADS`. Use it for handlers that mostly wait for the network, without holding a database
      connection.
    """

    def register(handler: H) -> H:
        if name in _kinds and _kinds[name].handler is not handler:
            raise ValueError(f"The kind of job {name!r} already has another handler.")
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
            longest_pause=longest_pause,
            threads=threads,
        )
        return handler

    return register


def get_kind(name: str) -> JobKind:
    """Return the kind with this name; raise UnknownKind if none is registered."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"There is no kind of job {name!r}.") from None


def list_kinds() -> list[JobKind]:
    """Return every registered kind."""
    return list(_kinds.values())
