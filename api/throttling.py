"""
Rate limits, with atomic counters that REST and sockets share.

DRF's own throttle reads and then writes, so parallel requests can exceed the limit. Rates are in
`settings.THROTTLE_RATES`; `off` disables a limit. While Redis is unavailable, each process counts for
itself.
"""

import logging
import math
import threading
import time
from contextlib import suppress
from functools import cache
from typing import cast

import limits
from django.conf import settings
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from api.exceptions import TooFast

logger = logging.getLogger(__name__)

REDIS_TIMEOUT_SECONDS = 0.25
REDIS_PAUSE_SECONDS = 2.0
# Threads that use Redis at the same time, each with a connection. If there were hundreds, some would
# wait for the GIL longer than the time-out.
REDIS_AT_ONCE = 16
CACHED_REFUSALS = 10_000


class Counter:
    """Counts in Redis, or in this process without Redis."""

    def __init__(self, redis_url: str | None) -> None:
        self._local = MovingWindowRateLimiter(MemoryStorage())
        # MemoryStorage drops the locks of idle keys, so two threads can hold different locks for a key.
        self._local_lock = threading.Lock()
        self._shared = _redis_limiter(redis_url) if redis_url else None
        self._at_once = threading.BoundedSemaphore(REDIS_AT_ONCE)
        self._redis_away_until = 0.0
        self._refused_until: dict[str, float] = {}

    def hit(self, rate: limits.RateLimitItem, *identifiers: str) -> int:
        """
        Count one use; return 0 if it is within `rate`, otherwise the seconds until the next is
        allowed.
        """
        if wait := self._hit_available(rate, *identifiers):
            self._cache_refusal(rate.key_for(*identifiers), time.monotonic() + wait)
        return wait

    def try_hit(self, rate: limits.RateLimitItem, *identifiers: str) -> bool:
        """Count one use if it is within `rate`; a refusal is not cached."""
        return not self._hit_available(rate, *identifiers)

    def refund(self, rate: limits.RateLimitItem, *identifiers: str) -> None:
        """Uncount the newest use, unless it was counted in the other storage (Redis or memory)."""
        key = rate.key_for(*identifiers)
        if self._shared and time.monotonic() >= self._redis_away_until:
            storage = cast(RedisStorage, self._shared.storage)
            with suppress(RedisError), self._at_once:
                storage.storage.lpop(storage.prefixed_key(key))
        else:
            events = cast(MemoryStorage, self._local.storage).events
            with self._local_lock:
                del events.get(key, [])[:1]

    def _hit_available(self, rate: limits.RateLimitItem, *identifiers: str) -> int:
        if self._shared:
            try:
                with self._at_once:
                    if time.monotonic() >= self._redis_away_until:
                        return _hit_limiter(self._shared, rate, *identifiers)
            except RedisError as error:
                logger.warning("Redis is away, each process counts for itself: %r", error)
                self._redis_away_until = time.monotonic() + REDIS_PAUSE_SECONDS
        with self._local_lock:
            return _hit_limiter(self._local, rate, *identifiers)

    def _cache_refusal(self, key: str, until: float) -> None:
        """Cache a refusal. A full cache is cleared, which costs at most one query per entry."""
        if len(self._refused_until) >= CACHED_REFUSALS:
            self._refused_until.clear()
        self._refused_until[key] = until

    def cached_retry_after(self, rate: limits.RateLimitItem, *identifiers: str) -> int:
        """Return the seconds until the last refusal ends, from memory, without counting."""
        until = self._refused_until.get(rate.key_for(*identifiers), 0.0)
        return max(0, math.ceil(until - time.monotonic()))

    def reset(self) -> None:
        """Delete all counts of this process and of Redis."""
        self._refused_until.clear()
        self._local.storage.reset()
        if self._shared:
            self._shared.storage.reset()


def _redis_limiter(url: str) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        url,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )
    return MovingWindowRateLimiter(storage)


def _hit_limiter(
    limiter: MovingWindowRateLimiter, rate: limits.RateLimitItem, *identifiers: str
) -> int:
    if limiter.hit(rate, *identifiers):
        return 0
    window = limiter.get_window_stats(rate, *identifiers)
    # If a use is allowed again, the window has moved, and `reset_time` is that of a later use.
    wait = 0.0 if window.remaining else window.reset_time - time.time()
    return max(1, math.ceil(wait))


@cache
def counter() -> Counter:
    """Return this process's counter."""
    return Counter(settings.REDIS_URLS[0] if settings.REDIS_URLS else None)


@cache
def parse_rate(text: str) -> limits.RateLimitItem | None:
    """Parse a rate such as `30/minute`; return None for `off`."""
    return None if text == "off" else limits.parse(text)


def hit(scope: str, identifier: str | int) -> None:
    """Count one use of `scope`; raise TooFast beyond its rate."""
    rate = parse_rate(settings.THROTTLE_RATES[scope])
    if rate and (wait := counter().hit(rate, scope, str(identifier))):
        raise TooFast(wait)


def try_hit(scope: str, identifier: str | int) -> bool:
    """Count one use of `scope` if it is within its rate; `refund` it if the request fails."""
    rate = parse_rate(settings.THROTTLE_RATES[scope])
    return rate is None or counter().try_hit(rate, scope, str(identifier))


def refund(scope: str, identifier: str | int) -> None:
    """Uncount the newest use, because its request stored nothing."""
    if rate := parse_rate(settings.THROTTLE_RATES[scope]):
        counter().refund(rate, scope, str(identifier))


def cached_retry_after(scope: str, identifier: str | int) -> int:
    """
    Return the seconds for which `hit` is known to refuse, or 0.

    Refusals are cached in this process until the next use is allowed, so Redis is not queried. Each
    process has its own cache.
    """
    rate = parse_rate(settings.THROTTLE_RATES[scope])
    return counter().cached_retry_after(rate, scope, str(identifier)) if rate else 0
