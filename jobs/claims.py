from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.registry import JobKind


@dataclass(frozen=True, eq=False)
class Claim:
    """
    One run of a job by one worker. `attempt` counts from 1.

    Claims are compared by identity, because two runs of a job may have the same values: after a success,
    a recurring job begins again with attempt 1.
    """

    job_id: int
    kind: JobKind
    args: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True)
class Failure:
    """
    A failed run's error.

    The job is given up if `is_final` is set or no attempt is left. Otherwise it is retried after at least
    `seconds`.
    """

    error: str
    is_final: bool = False
    seconds: float = 0


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run; `failure` is None after a success."""

    claim: Claim
    failure: Failure | None = None
