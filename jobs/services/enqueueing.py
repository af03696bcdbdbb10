"""
Stores jobs in the caller's transaction.

A job therefore exists if and only if the change that requires it has been committed.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from jobs import sql
from jobs.arguments import encode_args
from jobs.registry import JobKind, get_kind
from jobs.wake import wake_workers

AT_ONCE = timedelta(0)
# Rows per statement. SQLite allows 32,766 parameters, but plans short statements faster.
BATCH = 200


@dataclass(frozen=True)
class Call:
    """
    The arguments and the key of a job.

    While a job is waiting or running, further jobs of the same kind and key are merged into it. Jobs
    without a key are never merged.
    """

    args: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


def enqueue(
    *,
    kind: str,
    args: Mapping[str, Any] | None = None,
    key: str | None = None,
    delay: timedelta = AT_ONCE,
    run_at: datetime | None = None,
) -> None:
    """
    Store a job that runs after `delay` or at `run_at`, if the current transaction commits.

    If a job with the same kind and `key` is waiting or running, update the arguments of that job
    instead. A job that waits for its first attempt also takes the new time, if that is earlier. A
    running job will run once more.

    Raise UnknownKind if no handler is registered, or InvalidArguments if `args` cannot be stored or do
    not match the handler's signature.
    """
    enqueue_many(kind=kind, calls=[Call(args or {}, key)], delay=delay, run_at=run_at)


def enqueue_many(
    *,
    kind: str,
    calls: Sequence[Call],
    delay: timedelta = AT_ONCE,
    run_at: datetime | None = None,
) -> None:
    """Enqueue several jobs of one kind, as `enqueue` does; their keys must be distinct."""
    known = get_kind(kind)
    rows = [_values_of(known, each, run_at or delay) for each in calls]
    # A single statement is a transaction already, without the round trips of BEGIN and COMMIT.
    with transaction.atomic() if len(rows) > BATCH else nullcontext():
        for start in range(0, len(rows), BATCH):
            insert(rows[start : start + BATCH], is_delayed=run_at is None, coalesce=True)
    transaction.on_commit(wake_workers)


def insert(rows: Sequence[Sequence[Any]], *, is_delayed: bool, coalesce: bool) -> None:
    """Insert job rows. `jobs.sql.insert_jobs` explains the values of a row and both flags."""
    statement = sql.insert_jobs(len(rows), is_delayed=is_delayed, coalesce=coalesce)
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])


def _values_of(kind: JobKind, call: Call, due: datetime | timedelta) -> tuple[Any, ...]:
    kind.ensure_takes(call.args)
    return kind.name, call.key, encode_args(call.args), kind.priority.value, _to_db(due)


def _to_db(due: datetime | timedelta) -> Any:
    if isinstance(due, timedelta):
        return sql.to_seconds(due)
    return connection.ops.adapt_datetimefield_value(due)
