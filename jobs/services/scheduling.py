"""Keeps one waiting or running job per recurring kind. The end of each run schedules the next run."""

from datetime import timedelta

from jobs.registry import JobKind, list_kinds
from jobs.services.enqueueing import insert
from jobs.sql import to_seconds

# Enqueue a recurring kind with this key to run it at once.
SCHEDULE_KEY = "schedule"


def ensure_scheduled() -> None:
    """Store a job, due at once, for each recurring kind that has no waiting or running job."""
    rows = [_row_of(kind, timedelta(0)) for kind in list_kinds() if kind.every is not None]
    if rows:
        insert(rows, is_delayed=True, coalesce=False)


def schedule_next(kind: JobKind) -> None:
    """Store a recurring kind's next run, after its job was given up or discarded; ignore other kinds."""
    if kind.interval is not None:
        insert([_row_of(kind, kind.interval)], is_delayed=True, coalesce=False)


def _row_of(kind: JobKind, delay: timedelta) -> tuple[str, str, str, int, float | str]:
    return kind.name, SCHEDULE_KEY, "{}", kind.priority.value, to_seconds(delay)
