import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from jobs import registry
from jobs.models import Job
from jobs.registry import job

# test_postgres.py tests row locks and query plans, which SQLite does not have.
collect_ignore = [] if os.environ.get("DATABASE_URL") else ["test_postgres.py"]

Register = Callable[..., "Calls"]
Later = Callable[[float], None]


class Calls(list[dict[str, Any]]):
    """A handler that records its arguments, and raises the errors that a test has queued."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[BaseException] = []
        self.on_call: Callable[[], object] = lambda: None

    def take(self, **args: Any) -> None:
        self.append(args)
        self.on_call()
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Return a function that registers a job kind for this test. The product's kinds are removed."""
    monkeypatch.setattr(registry, "_kinds", {})

    def add(name: str = "note", **options: Any) -> Calls:
        calls = Calls()
        job(name, **options)(calls.take)
        return calls

    return add


@pytest.fixture
def later() -> Later:
    """Return a function that makes all jobs, live or ended, some seconds older."""

    def pass_time(seconds: float) -> None:
        passed = timedelta(seconds=seconds)
        for name in ("due_at", "again_at", "finished_at"):
            Job.objects.exclude(**{name: None}).update(**{name: F(name) - passed})

    return pass_time
