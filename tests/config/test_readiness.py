"""`/readyz` says which part does not work, and nothing about where it is."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client as Browser
from django.utils import timezone

from config import readiness
from config.version import VERSION
from jobs.models import Job
from tests.database_errors import away

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "readiness", readiness.Readiness())


@pytest.fixture
def _worker() -> None:
    Job.objects.create(kind="jobs.prune", key="schedule", finished_at=timezone.now())


def expected(settings: Any, **wrong: str) -> dict[str, Any]:
    redis = "ok" if settings.REDIS_URLS else "not used"
    checks = {"database": "ok", "migrations": "ok", "redis": redis, "worker": "ok", **wrong}
    return {"status": "not ready" if wrong else "ok", "version": VERSION, "checks": checks}


@pytest.mark.usefixtures("_worker")
def test_everything_works(client: Browser, settings: Any) -> None:
    response: Any = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, expected(settings))
    assert response["Cache-Control"] == "no-store"
    assert client.post("/readyz").status_code == 405


def test_missing_worker_is_named(client: Browser, settings: Any) -> None:
    response: Any = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == expected(settings, worker="not seen lately")


@pytest.mark.usefixtures("_worker")
def test_missing_migration_is_named_until_it_is_applied(
    client: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "KEEP_SECONDS", 0.0)
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("jobs", "0001_jobs")
    before: Any = client.get("/readyz")
    recorder.record_applied("jobs", "0001_jobs")
    after: Any = client.get("/readyz")

    assert (before.status_code, before.json()) == (503, expected(settings, migrations="missing"))
    assert after.json() == client.get("/readyz").json() == expected(settings)


@pytest.mark.usefixtures("_worker")
def test_redis_that_is_away_is_named_without_its_address(client: Browser, settings: Any) -> None:
    settings.REDIS_URLS = ["redis://:hunter2@127.0.0.1:9/0"]

    response: Any = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, expected(settings, redis="away"))
    assert b"hunter2" not in response.content


def test_database_that_is_away_is_named(client: Browser, settings: Any) -> None:
    def fail(*args: Any) -> Any:
        raise away()

    with connection.execute_wrapper(fail):
        response: Any = client.get("/readyz")

    wrong = dict.fromkeys(("database", "migrations", "worker"), "away")
    assert (response.status_code, response.json()) == (503, expected(settings, **wrong))


@pytest.mark.usefixtures("_worker")
def test_answer_is_kept_for_a_moment(client: Browser, django_assert_num_queries: Any) -> None:
    client.get("/readyz")

    with django_assert_num_queries(0):
        assert client.get("/readyz").status_code == 200
