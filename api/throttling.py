"""
Rate limits, with atomic counters that REST and sockets share.

DRF's own throttle reads and then writes, so parallel requests can exceed the limit. Rates are in
`settings.THROTTLE_RATES`; `off` disables a limit. While Redis is unavailable, each process keeps
counts of its own.
"""

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

from api import metrics
from api.exceptions import TooFast
from api.outages import Outage

REDIS_TIMEOUT_SECONDS = 0.25
REDIS_PAUSE_SECONDS = 2.0
# The number of threads that may use Redis at the same time, each with its own connection. With hundreds
# of threads, some would wait for the GIL longer than REDIS_TIMEOUT_SECONDS.
REDIS_AT_ONCE = 16
CACHED_REFUSALS = 10_000


class Counter:
    """Counts uses per rate limit in Redis, or in this process if Redis is unavailable or not configured."""

    def __init__(self, redis_url: str | None) -> None:
        self._local = MovingWindowRateLimiter(MemoryStorage())
        # MemoryStorage drops the locks of idle keys, so two threads can hold different locks for one key.
        self._local_lock = threading.Lock()
        self._shared = _redis_limiter(redis_url) if redis_url else None
        self._at_once = threading.BoundedSemaphore(REDIS_AT_ONCE)
        self._redis_away_until = 0.0
        self._outage = Outage("Redis")
        self._refused_until: dict[str, float] = {}

    def hit(self, rate: limits.RateLimitItem, *identifiers: str) -> int:
        """
        If `rate` allows another use, count it and return 0.

        Otherwise cache the refusal, and return the seconds until a use is allowed, at least 1.
        """
        if wait := self._hit_available(rate, *identifiers):
            self._cache_refusal(rate.key_for(*identifiers), time.monotonic() + wait)
        return wait

    def try_hit(self, rate: limits.RateLimitItem, *identifiers: str) -> bool:
        """
        If `rate` allows another use, count it and return True; otherwise return False.

        Unlike `hit`, cache no refusal, because counted uses may be refunded.
        """
        return not self._hit_available(rate, *identifiers)

    def refund(self, rate: limits.RateLimitItem, *identifiers: str) -> None:
        """Remove the newest use from the current storage (Redis or memory); ignore errors of Redis."""
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
                        wait = _hit_limiter(self._shared, rate, *identifiers)
                        self._outage.end()
                        return wait
            except RedisError as error:
                self._redis_away_until = time.monotonic() + REDIS_PAUSE_SECONDS
                self._outage.report(error, ", each process counts on its own")
        with self._local_lock:
            return _hit_limiter(self._local, rate, *identifiers)

    def _cache_refusal(self, key: str, until: float) -> None:
        """Cache a refusal. A full cache is first cleared, after which the next requests ask Redis again."""
        if len(self._refused_until) >= CACHED_REFUSALS:
            self._refused_until.clear()
        self._refused_until[key] = until

    def cached_retry_after(self, rate: limits.RateLimitItem, *identifiers: str) -> int:
        """Return the seconds until the cached refusal ends, or 0; count nothing."""
        until = self._refused_until.get(rate.key_for(*identifiers), 0.0)
        return max(0, math.ceil(until - time.monotonic()))

    def clear(self, rate: limits.RateLimitItem, *identifiers: str) -> None:
        """Remove all uses of one limit from the current storage; ignore errors of Redis."""
        if self._shared and time.monotonic() >= self._redis_away_until:
            with suppress(RedisError), self._at_once:
                self._shared.clear(rate, *identifiers)
        else:
            with self._local_lock:
                self._local.clear(rate, *identifiers)

    def reset(self) -> None:
        """Delete all counts, in this process and in Redis."""
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
    # If a use has expired since `hit()`, another is allowed now: do not wait for `reset_time`, when the
    # next of the counted uses expires.
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
    """Count one use of `scope`, or raise TooFast if its rate does not allow another."""
    rate = parse_rate(settings.THROTTLE_RATES[scope])
    if rate and (wait := counter().hit(rate, scope, str(identifier))):
        metrics.throttled.labels(scope).inc()
        raise TooFast(wait)


def try_hit(scope: str, identifier: str | int) -> bool:
    """
    If the rate of `scope` allows another use, count it and return True; otherwise return False.

    If the request then stores nothing, call `refund`.
    """
    rate = parse_rate(settings.THROTTLE_RATES[scope])
    is_allowed = rate is None or counter().try_hit(rate, scope, str(identifier))
    if not is_allowed:
        metrics.throttled.labels(scope).inc()
    return is_allowed


def refund(scope: str, identifier: str | int) -> None:
    """Remove the identifier's newest use of `scope`, after a request that stored nothing."""
    if rate := parse_rate(settings.THROTTLE_RATES[scope]):
        counter().refund(rate, scope, str(identifier))


def clear(scope: str, identifier: str | int) -> None:
    """Remove all uses of `scope` by the identifier."""
    if rate := parse_rate(settings.THROTTLE_RATES[scope]):
        counter().clear(rate, scope, str(identifier))


def cached_retry_after(scope: str, identifier: str | int) -> int:
    """
    Return the seconds for which `hit` is known to refuse, or 0.

    Redis is not queried: each process caches its own refusals until the next use is allowed.
    """
    rate = parse_rate(settings.THROTTLE_RATES[scope])
    wait = counter().cached_retry_after(rate, scope, str(identifier)) if rate else 0
    if wait:
        metrics.throttled.labels(scope).inc()
    return wait
