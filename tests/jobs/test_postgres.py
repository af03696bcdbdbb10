"""Claiming reads one small index, however many jobs have ended, and never waits for row locks."""

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from jobs.selectors import get_seconds_until_due
from jobs.services.enqueueing import Call, enqueue_many
from tests.jobs.conftest import Register
from tests.jobs.running import claim
from tests.system.server import database_url

pytestmark = pytest.mark.django_db

ENDED = """
    INSERT INTO jobs_job (kind, args, state, priority, due_at, attempts, last_error, finished_at)
    SELECT 'note', '{}', 'done', 1, NULL, 1, '', now() FROM generate_series(1, 20000)
"""


def test_ended_jobs_are_not_read(register: Register) -> None:
    register()
    register("limited", limit=2)
    with connection.cursor() as cursor:
        cursor.execute(ENDED)
        cursor.execute("ANALYZE jobs_job")

    with CaptureQueriesContext(connection) as captured:
        claim()
        get_seconds_until_due(kinds=["note", "limited"])

    reads = [
        each["sql"] for each in captured if "FROM" in each["sql"] and "jobs_job" in each["sql"]
    ]
    plans = ["\n".join(explain(sql)) for sql in reads]
    assert len(plans) == 5
    assert [each for each in plans if "Seq Scan" in each or "job_" not in each] == []


def explain(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return [line for (line,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_locked_row_does_not_block_claims(register: Register) -> None:
    register()
    enqueue_many(kind="note", calls=[Call(), Call()])
    locked = Job.objects.earliest("pk").pk
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")  # without this, a claim that waits would hang

    with psycopg.connect(database_url()) as other:
        other.execute("SELECT 1 FROM jobs_job WHERE id = %s FOR UPDATE", [locked])
        claimed = [each.job_id for each in claim()]
    connection.close()

    assert claimed == [Job.objects.latest("pk").pk]
