"""
The statement that stores jobs, and the one that a worker without work makes once a second.

Django's `bulk_create` cannot name a partial index as the target of ON CONFLICT, and only that makes
"one live job for each key" hold against a concurrent enqueue. Times are computed by the database.
"""

from datetime import timedelta

from django.db import connection

from jobs.models import Job

COLUMNS = "kind, key, args, state, priority, due_at, attempts, last_error, created_at"
# By vendor: the database's time, and the same some seconds ahead.
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
# Enqueued again while it waits: it keeps the earlier time, or that of its backoff. While it runs: the
# run may have missed this change, so the job is due again afterwards.
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
    Return an INSERT of that many jobs.

    Each takes kind, key, args, priority and due: seconds from now if it `is_delayed`, else a time. A
    live job with the same key is updated with `coalesce`, else left as it is.
    """
    now = NOW[connection.vendor]
    due = LATER[connection.vendor] if is_delayed else "%s"
    row = f"(%s, %s, %s, 'waiting', %s, {due}, 0, '', {now})"
    rows = ", ".join([row] * count)
    conflict = COALESCE if coalesce else KEEP
    return f"INSERT INTO jobs_job ({COLUMNS}) VALUES {rows} {conflict}"


def to_seconds(delay: timedelta) -> float | str:
    """Return a delay as `LATER` takes it: SQLite wants a sign."""
    seconds = delay.total_seconds()
    return seconds if connection.vendor == "postgresql" else f"{seconds:+.3f}"


def select_seconds_until_due(kind_count: int) -> str:
    """
    Return a SELECT of the seconds until the next job of so many kinds is due; NULL without any.

    It takes the kinds' names once for each priority. Each branch reads the first entry of the index;
    a plain `min` over all priorities would read all that is live.
    """
    kinds = ", ".join(["%s"] * kind_count)
    seconds = SECONDS_UNTIL_DUE[connection.vendor]
    branches = " UNION ALL ".join(
        f"SELECT * FROM (SELECT {seconds} AS seconds FROM jobs_job WHERE due_at IS NOT NULL"
        f" AND priority = {priority} AND kind IN ({kinds}) ORDER BY due_at LIMIT 1) p{priority}"
        for priority in Job.Priority.values
    )
    return f"SELECT min(seconds) FROM ({branches}) next"
