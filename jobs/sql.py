"""
SQL that inserts jobs, and SQL with which an idle worker checks for due jobs once a second.

At most one job per kind and key may be live (waiting or running). Concurrent calls of `enqueue` rely
on a partial unique index and ON CONFLICT for this; Django's `bulk_create` does not support ON CONFLICT
with a partial index. Delays count from the database's current time.
"""

from datetime import timedelta

from django.db import connection

from jobs.models import Job

COLUMNS = "kind, key, args, state, priority, due_at, attempts, last_error, created_at"
# By vendor: SQL for the database's current time, and for the time a number of seconds later.
NOW = {
    "postgresql": "statement_timestamp()",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
}
LATER = {
    "postgresql": "statement_timestamp() + make_interval(secs => %s)",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')",
}
SECONDS_UNTIL_DUE = {
    "postgresql": "extract(epoch FROM due_at - statement_timestamp())",
    "sqlite": "(julianday(due_at) - julianday('now')) * 86400",
}
# A job that waits for its first attempt takes the new time, if that is earlier. A job that waits for a
# retry keeps its time. A running job may have missed the change that caused this call, so it will be
# due again.
COALESCE = """
    ON CONFLICT (kind, key) WHERE due_at IS NOT NULL DO UPDATE SET
        args = excluded.args,
        due_at = CASE
            WHEN jobs_job.state = 'waiting' AND jobs_job.attempts = 0
                AND excluded.due_at < jobs_job.due_at
            THEN excluded.due_at ELSE jobs_job.due_at END,
        again_at = CASE
            WHEN jobs_job.state = 'waiting' THEN NULL
            WHEN jobs_job.again_at < excluded.due_at THEN jobs_job.again_at
            ELSE excluded.due_at END
"""
KEEP = "ON CONFLICT (kind, key) WHERE due_at IS NOT NULL DO NOTHING"


def insert_jobs(count: int, *, is_delayed: bool, coalesce: bool) -> str:
    """
    Return an INSERT of `count` jobs.

    The parameters of each job are its kind, key, args, priority and due time. The due time is a number
    of seconds from now if `is_delayed`, else a timestamp. A waiting or running job with the same kind
    and key is updated if `coalesce`, else left unchanged.
    """
    now = NOW[connection.vendor]
    due = LATER[connection.vendor] if is_delayed else "%s"
    row = f"(%s, %s, %s, 'waiting', %s, {due}, 0, '', {now})"
    rows = ", ".join([row] * count)
    conflict = COALESCE if coalesce else KEEP
    return f"INSERT INTO jobs_job ({COLUMNS}) VALUES {rows} {conflict}"


def to_seconds(delay: timedelta) -> float | str:
    """Return a delay in seconds as the parameter of `LATER`. SQLite needs a string with a sign."""
    seconds = delay.total_seconds()
    return seconds if connection.vendor == "postgresql" else f"{seconds:+.3f}"


def select_seconds_until_due(kind_count: int) -> str:
    """
    Return a SELECT of the seconds until a job of one of `kind_count` kinds is due.

    The result is NULL if no job of these kinds is live (waiting or running). The statement is a UNION
    with a branch for each priority; its parameters are the names of the kinds, repeated for each branch.
    A branch reads only the first matching entry of the index; a plain `min` over all priorities would
    read all live jobs.
    """
    kinds = ", ".join(["%s"] * kind_count)
    seconds = SECONDS_UNTIL_DUE[connection.vendor]
    branches = " UNION ALL ".join(
        f"SELECT * FROM (SELECT {seconds} AS seconds FROM jobs_job WHERE due_at IS NOT NULL"
        f" AND priority = {priority} AND kind IN ({kinds}) ORDER BY due_at LIMIT 1) p{priority}"
        for priority in Job.Priority.values
    )
    return f"SELECT min(seconds) FROM ({branches}) next"
