"""Counting with Redis away, and the cache of refusals."""

import logging

import limits
import pytest

from api import throttling
from api.throttling import Counter

pytestmark = pytest.mark.without_servers

RATE = limits.parse("2/minute")
NO_REDIS = "redis://127.0.0.1:9/0"


def test_process_counts_for_itself_while_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    counter = Counter(NO_REDIS)

    waits = [counter.hit(RATE, "alice") for _ in range(3)]

    assert waits[:2] == [0, 0]
    assert 0 < waits[2] <= 60
    warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert len(warnings) == 1, "Redis is asked once, and then left alone for a while"
    assert warnings[0].message.startswith("Redis is away, each process counts for itself: ")


def test_use_that_was_counted_while_redis_is_away_is_refunded() -> None:
    counter = Counter(NO_REDIS)
    for _ in range(2):
        assert counter.try_hit(RATE, "alice")

    counter.refund(RATE, "alice")

    assert [counter.try_hit(RATE, "alice") for _ in range(2)] == [True, False]


def test_full_cache_of_refusals_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "CACHED_REFUSALS", 2)
    counter = Counter(None)

    for name in ("alice", "bob", "charlie"):
        for _ in range(3):
            counter.hit(RATE, name)

    cached = [counter.cached_retry_after(RATE, name) > 0 for name in ("alice", "bob", "charlie")]
    assert cached == [False, False, True]
