"""Functions that each perform one step of the notification jobs."""

from dataclasses import dataclass, replace

from jobs.claims import Claim
from jobs.claims import Outcome as End
from jobs.models import Job, JobQuerySet
from jobs.services.claiming import claim_jobs
from jobs.services.finishing import record_outcomes
from jobs.threads import run_handler
from notifications.contents import Notification
from notifications.outcomes import DELIVERED, Outcome
from notifications.selectors import Delivery
from notifications.services.attempts import prepare_notification, record_outcome
from notifications.services.sweeping import sweep

DELIVER = "notifications.deliver"
WORKER = "test"


@dataclass(frozen=True)
class Run:
    """A delivery that has been claimed and has something to send."""

    claim: Claim
    notification: Notification


def live() -> JobQuerySet:
    """Return the waiting and running deliveries."""
    return Job.objects.filter(kind=DELIVER).live()


def begin(most: int = 100) -> list[Run]:
    """Claim due deliveries, end those that have nothing to send, and return the others."""
    runs = []
    for claim in claim_jobs(worker=WORKER, room={DELIVER: most}, most=most):
        if notification := prepare_notification(Delivery(**claim.args)):
            runs.append(Run(claim, notification))
        else:
            record_outcomes(worker=WORKER, outcomes=[End(claim)])
    return runs


def end(run: Run, outcome: Outcome = DELIVERED) -> None:
    """End a delivery with an outcome of the push service."""
    kind = replace(
        run.claim.kind,
        handler=lambda **args: record_outcome(Delivery(**args), run.notification, outcome),
    )
    failure = run_handler(replace(run.claim, kind=kind))
    record_outcomes(worker=WORKER, outcomes=[End(run.claim, failure)])


def notify() -> list[Notification]:
    """Sweep, deliver everything that is due, and return the notifications."""
    sweep()
    runs = begin()
    for each in runs:
        end(each)
    return [each.notification for each in runs]


def bodies() -> list[str]:
    return [each.body for each in notify()]
