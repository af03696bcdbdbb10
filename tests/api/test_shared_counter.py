"""Uses that are counted in a real Redis."""

import limits
import pytest
from django.conf import settings

from api import throttling
from api.throttling import Counter

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres_only("production is on PostgreSQL and Redis"),
]
TWO = limits.parse("2/hour")


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> tuple[Counter, Counter]:
    """The counters of two processes; they wait up to 10 s for Redis, which is slow on a busy machine."""
    monkeypatch.setattr(throttling, "REDIS_TIMEOUT_SECONDS", 10)
    return Counter(settings.REDIS_URLS[0]), Counter(settings.REDIS_URLS[0])


def test_processes_count_together(counters: tuple[Counter, Counter]) -> None:
    here, there = counters

    assert [here.try_hit(TWO, "alice"), there.try_hit(TWO, "alice")] == [True, True]
    assert not here.try_hit(TWO, "alice")
    assert not there.try_hit(TWO, "alice")


def test_limit_is_cleared_in_every_process(counters: tuple[Counter, Counter]) -> None:
    here, there = counters
    for name in ("alice", "bob"):
        here.hit(TWO, name)
        here.hit(TWO, name)

    here.clear(TWO, "alice")

    assert [there.try_hit(TWO, "alice") for _ in range(3)] == [True, True, False]
    assert not there.try_hit(TWO, "bob")


def test_refunded_use_is_allowed_again_in_every_process(counters: tuple[Counter, Counter]) -> None:
    here, there = counters
    for name in ("alice", "bob"):
        here.hit(TWO, name)
        here.hit(TWO, name)

    here.refund(TWO, "alice")

    assert [there.try_hit(TWO, "alice") for _ in range(2)] == [True, False]
    assert not there.try_hit(TWO, "bob")
