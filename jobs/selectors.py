from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, DurationField, ExpressionWrapper, Max, Min
from django.db.models.functions import Now

from jobs.models import Job
from jobs.registry import list_kinds
from jobs.sql import select_seconds_until_due


def get_seconds_until_due(*, kinds: Collection[str]) -> float | None:
    """
    Return the seconds until the next job of these kinds is due, or None if none is waiting or running.

    A running job becomes due when its worker's lease expires. The number is negative if a job is
    overdue. The query takes no lock, so an idle worker never blocks a writer.
    """
    if not kinds:
        return None
    with connection.cursor() as cursor:
        cursor.execute(select_seconds_until_due(len(kinds)), [*kinds] * 3)
        seconds = cursor.fetchone()[0]
    return None if seconds is None else float(seconds)


def get_seconds_since_work() -> float | None:
    """
    Return the seconds since a worker last finished a recurring job; 0 while one holds a job.

    Return None if there is no trace of a worker. A recurring job keeps its row, and the most frequent one
    runs at least every 20 seconds, so a living worker leaves a fresh trace.
    """
    if Job.objects.held().exists():
        return 0.0
    recurring = [each.name for each in list_kinds() if each.every is not None]
    newest = Job.objects.filter(kind__in=recurring).aggregate(
        seconds=ExpressionWrapper(Now() - Max("finished_at"), output_field=DurationField())
    )["seconds"]
    return None if newest is None else max(0.0, newest.total_seconds())


class LiveJobs(NamedTuple):
    """The waiting or running jobs of a kind, and for how long the oldest due one has waited."""

    kind: str
    state: str
    jobs: int
    oldest_due_seconds: float


def list_live_jobs() -> list[LiveJobs]:
    """Count the live jobs of each kind and state; a job that is not due yet has an age of 0."""
    age = ExpressionWrapper(Now() - Min("due_at"), output_field=DurationField())
    rows = Job.objects.live().order_by().values_list("kind", "state").annotate(Count("pk"), age=age)
    return [
        LiveJobs(kind, state, count, max(0.0, oldest.total_seconds()))
        for kind, state, count, oldest in rows
    ]
