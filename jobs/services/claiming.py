"""
Claims due jobs for a worker, and extends their leases while the worker is alive.

Two workers never claim the same job at the same time: on PostgreSQL, the query skips rows that another
transaction has locked, and SQLite allows one writer at a time. A job whose lease has expired is due
again: its worker was killed or lost its database connection, or the job exceeded its time limit.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F
from django.db.models.functions import Now

from jobs.claims import Claim, Failure, Outcome
from jobs.models import Job
from jobs.registry import get_kind
from jobs.services.finishing import record_outcome

# The key of the advisory lock under which jobs of kinds with a limit are counted and claimed.
LIMIT_LOCK = 0x6A6F6273
LEFT = Failure("The worker was killed, or the job exceeded its time limit.")


@transaction.atomic
def claim_jobs(
    *, worker: str, room: Mapping[str, int], most: int, running: Collection[int] = ()
) -> list[Claim]:
    """
    Claim and return up to `most` due jobs, but at most `room[kind]` jobs of each kind.

    If a job's lease expired during its last allowed attempt, give the job up instead. `running` holds the
    ids of the jobs that the worker still runs. It leaves them alone, although their leases may have
    expired while it was frozen: run again, they would do everything twice.
    """
    rows = list(_choose(_within_limits(room), most, running))
    spent = [each for each in rows if _is_spent(each)]
    taken = [each for each in rows if each not in spent]
    for each in spent:
        _give_up(each)
    Job.objects.filter(pk__in=[each.pk for each in taken]).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        due_at=_end_of_lease(),
        again_at=None,
        claimed_by=worker,
    )
    return [_claim_of(each, each.attempts + 1) for each in taken]


def _within_limits(room: Mapping[str, int]) -> dict[str, int]:
    """
    Return `room` (how many jobs to claim, by kind), lowered to what the limit of each kind still allows.

    A limit covers the jobs of all processes. While another process is claiming jobs of kinds with a
    limit, exclude these kinds, because that process may claim as many jobs as the limits allow.
    """
    limits = {name: limit for name in room if (limit := get_kind(name).limit) is not None}
    if not limits:
        return dict(room)
    if not _lock_limits():
        return {name: count for name, count in room.items() if name not in limits}
    held = Job.objects.held().filter(kind__in=limits).order_by()
    counts = dict(held.values_list("kind").annotate(Count("pk")))
    left = {name: limit - counts.get(name, 0) for name, limit in limits.items()}
    return {name: min(count, left.get(name, count)) for name, count in room.items()}


def _lock_limits() -> bool:
    """
    Take the lock for claiming jobs of kinds with a limit; return False if another process holds it.

    If this process freezes during the transaction, PostgreSQL ends the session of this process after
    5 s, which releases the lock. SQLite needs no lock, because it allows only one writer.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s),"
            " set_config('idle_in_transaction_session_timeout', '5s', true)",
            [LIMIT_LOCK],
        )
        return bool(cursor.fetchone()[0])


def _choose(room: Mapping[str, int], most: int, running: Collection[int]) -> Iterator[Job]:
    """
    Lock and yield up to `most` due jobs, but at most `room[kind]` per kind, the most urgent first.

    The jobs with the ids in `running` are left out.
    """
    left, chosen = dict(room), set[int]()
    for priority in Job.Priority:
        due = Job.objects.due().filter(priority=priority).exclude(pk__in=running).order_by("due_at")
        found = bool(most)
        # Jobs of a kind that has run out of room count towards the LIMIT; query again without that kind.
        while found and len(chosen) < most:
            kinds = [name for name, count in left.items() if count > 0]
            rows = due.filter(kind__in=kinds).exclude(pk__in=chosen)
            found = False
            for row in rows.select_for_update(skip_locked=True)[: most - len(chosen)]:
                found = True
                if left[row.kind] > 0:
                    left[row.kind] -= 1
                    chosen.add(row.pk)
                    yield row


def _is_spent(row: Job) -> bool:
    """Return whether a due job's lease expired during its last allowed attempt."""
    return row.claimed_by is not None and row.attempts > get_kind(row.kind).retries


def _give_up(row: Job) -> None:
    record_outcome(worker=row.claimed_by or "", outcome=Outcome(_claim_of(row, row.attempts), LEFT))


def _claim_of(row: Job, attempt: int) -> Claim:
    return Claim(row.pk, get_kind(row.kind), row.args, attempt)


def extend_leases(*, worker: str, claims: Iterable[Claim]) -> None:
    """Extend the leases of these jobs, except those that another worker has claimed since."""
    ids = [each.job_id for each in claims]
    Job.objects.held_by(worker).filter(pk__in=ids).update(due_at=_end_of_lease())


def _end_of_lease() -> object:
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def release_jobs(*, worker: str, claims: Iterable[Claim]) -> None:
    """Make these jobs due for other workers; the interrupted attempt does not count."""
    ids = [each.job_id for each in claims]
    Job.objects.held_by(worker).filter(pk__in=ids).update(
        state=Job.State.WAITING, due_at=Now(), attempts=F("attempts") - 1, claimed_by=None
    )
