"""Stores jobs in the caller's transaction: a job exists exactly if what caused it was committed."""

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
# Rows of one statement: SQLite takes 32,766 parameters, but a short one is planned faster.
BATCH = 200


@dataclass(frozen=True)
class Call:
    """The arguments of one job. Calls of one kind with the same key coalesce while one is live."""

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
    Have a handler called later, if the current transaction commits: after `delay`, or at `run_at`.

    While a job with the same kind and `key` waits, it takes the new arguments and the earlier time
    instead; after a failure it keeps the time of its retry. If it runs, it runs once more afterwards.
    Raises UnknownKind or InvalidArguments.
    """
    enqueue_many(kind=kind, calls=[Call(args or {}, key)], delay=delay, run_at=run_at)


def enqueue_many(
    *,
    kind: str,
    calls: Sequence[Call],
    delay: timedelta = AT_ONCE,
    run_at: datetime | None = None,
) -> None:
    """Enqueue several jobs of one kind, as `enqueue` does; keys must differ from each other."""
    known = get_kind(kind)
    rows = [_values_of(known, each, run_at or delay) for each in calls]
    # A statement by itself is a transaction without the round trips that begin and end one.
    with transaction.atomic() if len(rows) > BATCH else nullcontext():
        for start in range(0, len(rows), BATCH):
            insert(rows[start : start + BATCH], is_delayed=run_at is None, coalesce=True)
    transaction.on_commit(wake_workers)


def insert(rows: Sequence[Sequence[Any]], *, is_delayed: bool, coalesce: bool) -> None:
    """Run the INSERT of these rows, each with the values that `jobs.sql` asks for."""
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
