"""The rate limit of one socket, counted in memory."""

import time

import pytest

from live.token_bucket import TokenBucket


def test_bucket_is_empty_after_its_burst_and_returns_the_wait() -> None:
    bucket = TokenBucket(3, 0.001)

    assert [bucket.try_take() for _ in range(4)] == [True, True, True, False]
    assert 990 < bucket.wait_seconds <= 1000


def test_bucket_with_a_token_left_has_no_wait() -> None:
    assert TokenBucket(1, 0.001).wait_seconds == 0


def test_bucket_refills_up_to_its_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: started)
    bucket = TokenBucket(2, 1)
    assert [bucket.try_take() for _ in range(3)] == [True, True, False]

    monkeypatch.setattr(time, "monotonic", lambda: started + 1)
    assert [bucket.try_take() for _ in range(2)] == [True, False]

    monkeypatch.setattr(time, "monotonic", lambda: started + 100)
    assert [bucket.try_take() for _ in range(3)] == [True, True, False]
