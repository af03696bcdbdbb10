import time

from django.conf import settings


class TokenBucket:
    """A rate limit for one socket, in memory: at first `burst` uses, then `per_second` per second."""

    __slots__ = ("_burst", "_per_second", "_refilled_at", "_tokens")

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._tokens = float(burst)
        self._refilled_at = time.monotonic()

    def try_take(self) -> bool:
        """Take a token; return False if there is none left."""
        self._refill()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def wait_seconds(self) -> float:
        """Return the seconds until a token is available."""
        self._refill()
        return max(0.0, (1 - self._tokens) / self._per_second)

    def _refill(self) -> None:
        now = time.monotonic()
        refill = (now - self._refilled_at) * self._per_second
        self._tokens = min(self._burst, self._tokens + refill)
        self._refilled_at = now


def new_frame_bucket() -> TokenBucket:
    """Return a bucket that allows `SOCKET_FRAME_BURST` frames, then `SOCKET_FRAMES_PER_SECOND`."""
    return TokenBucket(settings.SOCKET_FRAME_BURST, settings.SOCKET_FRAMES_PER_SECOND)
