"""
Measure jobs on PostgreSQL and on SQLite, compared with a floor: `python -m bench.jobs`.

For enqueueing, the floor is a plain INSERT of the same row. For running, the floor is a plain UPDATE of
a row. Each statement runs in its own transaction. A worker can be faster than the UPDATE, because it
claims and records several jobs at a time. Polling and running are measured again after a million ended
jobs are added.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.servers import counting_postgres

JOBS = 1000
ENDED = 1_000_000
ROUNDS = 3
INSERT = (
    "INSERT INTO jobs_job (kind, args, state, priority, attempts, last_error)"
    " VALUES ('bench.note', '{}', 'waiting', 1, 0, '')"
)
FILL = {
    "postgresql": """
        INSERT INTO jobs_job (kind, args, state, priority, due_at, attempts, last_error, finished_at)
        SELECT 'bench.note', '{{}}', 'done', 1, NULL, 1, '', now() FROM generate_series(1, {count})
    """,
    "sqlite": """
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {count})
        INSERT INTO jobs_job (kind, args, state, priority, due_at, attempts, last_error, finished_at)
        SELECT 'bench.note', '{{}}', 'done', 1, NULL, 1, '', datetime('now') FROM n
    """,
}


def main() -> None:
    """Measure each database in a separate process."""
    with counting_postgres(durable=True) as postgres, tempfile.TemporaryDirectory() as folder:
        for url in (postgres.url, f"sqlite:///{Path(folder) / 'db.sqlite3'}"):
            environment = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
            for command in (["manage.py", "migrate", "--verbosity=0"], ["-m", "bench.jobs", "one"]):
                subprocess.run([sys.executable, *command], env=environment, check=True)


def measure() -> None:
    """Print the figures of the database that the environment names."""
    import django  # noqa: PLC0415 - the parent process has no settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415

    _register()
    print(f"\n{connection.vendor}")
    _report("enqueue", _rate(_enqueue), floor=_rate(_insert))
    _report("run", _rate(_run, prepare=_insert), floor=_rate(_update, prepare=_insert))
    _print_polls("nothing has ended")
    with connection.cursor() as cursor:
        cursor.execute(FILL[connection.vendor].format(count=ENDED))
        cursor.execute("ANALYZE")
    _print_polls(f"{ENDED:,} have ended")
    _report("run", _rate(_run, prepare=_insert), floor=_rate(_update, prepare=_insert))


def _register() -> None:
    from jobs.registry import job  # noqa: PLC0415

    job("bench.note")(lambda: None)


def _rate(work: Callable[[], None], prepare: Callable[[], None] = lambda: None) -> float:
    """Return the jobs per second of the best round. Live rows are deleted after each round."""
    from jobs.models import Job  # noqa: PLC0415

    best = 0.0
    for _ in range(ROUNDS):
        prepare()
        start = time.perf_counter()
        work()
        best = max(best, JOBS / (time.perf_counter() - start))
        Job.objects.filter(due_at__isnull=False).delete()
    return best


def _enqueue() -> None:
    from jobs.services.enqueueing import enqueue  # noqa: PLC0415

    for _ in range(JOBS):
        enqueue(kind="bench.note")


def _insert() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for _ in range(JOBS):
            cursor.execute(INSERT)


def _update() -> None:
    from django.db import connection  # noqa: PLC0415

    from jobs.models import Job  # noqa: PLC0415

    ids = list(Job.objects.live().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        for pk in ids:
            cursor.execute("UPDATE jobs_job SET attempts = 1 WHERE id = %s", [pk])


def _run() -> None:
    from jobs.models import Job  # noqa: PLC0415
    from jobs.worker import Worker  # noqa: PLC0415

    worker = Worker()
    worker.start()
    while Job.objects.live().filter(kind="bench.note").exists():
        time.sleep(0.005)
    worker.stop()
    worker.join(10)


def _print_polls(when: str) -> None:
    from jobs.selectors import get_seconds_until_due  # noqa: PLC0415

    start = time.perf_counter()
    for _ in range(JOBS):
        get_seconds_until_due(kinds=["bench.note", "jobs.prune"])
    print(f"  poll, {when}: {(time.perf_counter() - start) / JOBS * 1000:.2f} ms")


def _report(what: str, rate: float, floor: float) -> None:
    print(f"  {what}: {rate:,.0f}/s, {rate / floor:.2f} of the floor's {floor:,.0f}/s", flush=True)


if __name__ == "__main__":
    measure() if sys.argv[1:] == ["one"] else main()
