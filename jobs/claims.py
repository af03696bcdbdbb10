from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.registry import JobKind


@dataclass(frozen=True)
class Claim:
    """
    One run of a job by one worker.

    `attempt` counts from 1. With the worker's name it identifies the run, so a worker that has lost
    its lease cannot record the outcome of another worker's run.
    """

    job_id: int
    kind: JobKind
    args: Mapping[str, Any] = field(hash=False)
    attempt: int


@dataclass(frozen=True)
class Failure:
    """Why a run failed. The next attempt is at least `seconds` later; there is none if `is_final`."""

    error: str
    is_final: bool = False
    seconds: float = 0


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run; `failure` is None after a success."""

    claim: Claim
    failure: Failure | None = None
