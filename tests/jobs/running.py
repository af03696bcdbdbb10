"""Functions that each perform one step of a worker."""

from collections.abc import Iterable

from jobs.claims import Claim, Failure, Outcome
from jobs.models import Job
from jobs.registry import list_kinds
from jobs.services.claiming import claim_jobs
from jobs.services.finishing import record_outcomes
from jobs.threads import run_handler


def claim(most: int = 100, worker: str = "worker") -> list[Claim]:
    """Claim due jobs of any kind."""
    room = {each.name: most for each in list_kinds()}
    return claim_jobs(worker=worker, room=room, most=most)


def succeed(claims: Iterable[Claim], worker: str = "worker") -> None:
    record_outcomes(worker=worker, outcomes=[Outcome(each) for each in claims])


def fail(claims: Iterable[Claim], error: str = "It broke.", worker: str = "worker") -> None:
    outcomes = [Outcome(each, Failure(error)) for each in claims]
    record_outcomes(worker=worker, outcomes=outcomes)


def run_due(worker: str = "worker") -> int:
    """Claim and run due jobs; return their number."""
    claims = claim(worker=worker)
    outcomes = [Outcome(each, run_handler(each)) for each in claims]
    record_outcomes(worker=worker, outcomes=outcomes)
    return len(claims)


def states() -> list[str]:
    """Return the states of all jobs, oldest first."""
    return list(Job.objects.order_by("pk").values_list("state", flat=True))
