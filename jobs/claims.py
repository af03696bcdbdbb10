from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.registry import JobKind


@dataclass(frozen=True)
class Claim:
    """
    One run of a job, held by one worker.

    `attempt` counts from 1. With the worker's name it identifies the run: a worker that lost its
    lease cannot record the end of a run that has begun elsewhere.
    """

    job_id: int
    kind: JobKind
    args: Mapping[str, Any] = field(hash=False)
    attempt: int


@dataclass(frozen=True)
class Failure:
    """The way in which a run failed; `seconds` is the least time until the next try."""

    error: str
    is_final: bool = False
    seconds: float = 0


@dataclass(frozen=True)
class Outcome:
    """The end of a run; `failure` is None after a success."""

    claim: Claim
    failure: Failure | None = None
