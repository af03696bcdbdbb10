"""The number of processes that a server starts."""

import os
from typing import Any

import pytest

from config.serve import _workers

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize(
    ("wanted", "redis", "workers"),
    [
        (3, ["redis://localhost"], 3),
        (0, ["redis://localhost"], len(os.sched_getaffinity(0))),
        (0, [], 1),
        (3, [], 1),
    ],
)
def test_processes_are_as_many_as_wanted_and_one_without_redis(
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    wanted: int,
    redis: list[str],
    workers: int,
) -> None:
    settings.WEB_CONCURRENCY, settings.REDIS_URLS = wanted, redis

    assert _workers() == workers
    is_told = "WEB_CONCURRENCY is ignored: " in caplog.text
    assert is_told == (wanted == 3 and not redis)
