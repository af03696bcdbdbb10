from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.registry import JobKind


@dataclass(frozen=True)
class Claim:
    """
    One run of a job by one worker.

    `attempt` counts from 1. The job's id, the attempt and the worker's name together identify the run.
    So a worker whose lease has expired cannot record its outcome as that of a later run.
    """

    job_id: int
    kind: JobKind
    args: Mapping[str, Any] = field(hash=False)
    attempt: int


@dataclass(frozen=True)
class Failure:
    """A failed run's error. The job is retried after at least `seconds`, or never if `is_final`."""

    error: str
    is_final: bool = False
    seconds: float = 0


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run; `failure` is None after a success."""

    claim: Claim
    failure: Failure | None = None
