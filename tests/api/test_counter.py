import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import limits
import pytest

from api import throttling
from api.throttling import Counter

pytestmark = pytest.mark.without_servers
ONE = limits.parse("1/hour")
TWO = limits.parse("2/hour")
# Seconds until the window ends, with a tolerance for slow machines.
HOUR = pytest.approx(3600, abs=120)


class Broken:
    """A Redis that closes every connection immediately; `connections` counts them."""

    def __init__(self) -> None:
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listening.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def broken() -> Iterator[Broken]:
    server = Broken()
    yield server
    server.close()


@pytest.fixture
def other() -> Iterator[Broken]:
    server = Broken()
    yield server
    server.close()


def test_use_past_the_rate_has_to_wait_for_the_window() -> None:
    counter = Counter(None)

    assert [counter.hit(TWO, "alice") for _ in range(3)] == [0, 0, HOUR]
    assert counter.hit(TWO, "bob") == 0


def test_refunded_use_is_allowed_again() -> None:
    counter = Counter(None)
    counter.hit(TWO, "alice")
    counter.hit(TWO, "alice")

    counter.refund(TWO, "alice")

    assert [counter.try_hit(TWO, "alice") for _ in range(2)] == [True, False]


def test_cleared_limit_is_unused_and_others_are_not() -> None:
    counter = Counter(None)
    counter.hit(ONE, "alice")
    counter.hit(ONE, "bob")

    counter.clear(ONE, "alice")

    assert [counter.try_hit(ONE, name) for name in ("alice", "bob")] == [True, False]


def test_refusal_is_cached_for_as_long_as_it_lasts() -> None:
    counter = Counter(None)
    counter.hit(ONE, "alice")
    assert counter.cached_retry_after(ONE, "alice") == 0

    counter.hit(ONE, "alice")

    assert counter.cached_retry_after(ONE, "alice") == HOUR
    assert counter.cached_retry_after(ONE, "bob") == 0


def test_rate_that_is_off_allows_everything(settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "user": "off"}

    for _ in range(2):
        throttling.hit("user", "alice")
        assert throttling.try_hit("user", "alice") is True
        throttling.refund("user", "alice")
        throttling.clear("user", "alice")

    assert throttling.cached_retry_after("user", "alice") == 0


def test_full_cache_of_refusals_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "CACHED_REFUSALS", 2)
    counter = Counter(None)

    for name in ("alice", "bob"):
        assert [counter.hit(ONE, name) for _ in range(2)] == [0, HOUR]
    assert counter.cached_retry_after(ONE, "alice") == HOUR
    assert [counter.hit(ONE, "charlie") for _ in range(2)] == [0, HOUR]

    cached = [counter.cached_retry_after(ONE, name) for name in ("alice", "bob", "charlie")]
    assert cached == [0, 0, HOUR]


def test_reset_forgets_counts_and_refusals() -> None:
    counter = Counter(None)
    counter.hit(ONE, "alice")
    counter.hit(ONE, "alice")

    counter.reset()

    assert counter.cached_retry_after(ONE, "alice") == 0
    assert counter.try_hit(ONE, "alice")


def test_process_counts_for_itself_while_redis_is_away(broken: Broken) -> None:
    counter = Counter(broken.url)

    assert [counter.hit(TWO, "alice") for _ in range(3)] == [0, 0, HOUR]


def test_use_that_this_process_counted_is_refunded_here(broken: Broken) -> None:
    counter = Counter(broken.url)
    counter.hit(ONE, "alice")

    counter.refund(ONE, "alice")

    assert counter.try_hit(ONE, "alice")


def test_limit_that_this_process_counts_is_cleared_here(broken: Broken) -> None:
    counter = Counter(broken.url)
    counter.clear(ONE, "alice")  # Redis cannot be reached, which is found out by the next line
    counter.hit(ONE, "alice")

    counter.clear(ONE, "alice")

    assert counter.try_hit(ONE, "alice")


def test_redis_that_is_away_is_left_alone_for_a_while(
    broken: Broken, caplog: pytest.LogCaptureFixture
) -> None:
    counter = Counter(broken.url)
    counter.hit(TWO, "alice")
    connections = broken.connections

    counter.hit(TWO, "alice")
    counter.refund(TWO, "alice")

    assert connections > 0
    assert broken.connections == connections
    assert len(caplog.records) == 1
    assert "Redis is away" in caplog.text


def test_counts_are_in_the_first_redis(broken: Broken, other: Broken, settings: Any) -> None:
    settings.REDIS_URLS = [broken.url, other.url]

    throttling.counter.__wrapped__().hit(ONE, "alice")

    assert broken.connections > 0
    assert other.connections == 0


def test_redis_is_tried_again_after_the_pause(
    broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "REDIS_PAUSE_SECONDS", 0.01)
    counter = Counter(broken.url)
    counter.hit(TWO, "alice")
    connections = broken.connections

    time.sleep(0.02)
    counter.hit(TWO, "alice")

    assert broken.connections > connections
