"""How much one socket may say."""

import time

from django.conf import settings


class FrameBucket:
    """A token bucket: `burst` frames at once, refilled at `per_second`."""

    __slots__ = ("_burst", "_frames", "_per_second", "_refilled_at")

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._frames = float(burst)
        self._refilled_at = time.monotonic()

    def take(self) -> bool:
        """Take one frame; return False when there is none left."""
        self._refill()
        if self._frames < 1:
            return False
        self._frames -= 1
        return True

    @property
    def wait(self) -> float:
        """Seconds until there is one to take."""
        self._refill()
        return max(0.0, (1 - self._frames) / self._per_second)

    def _refill(self) -> None:
        now = time.monotonic()
        refill = (now - self._refilled_at) * self._per_second
        self._frames = min(self._burst, self._frames + refill)
        self._refilled_at = now


def new_frame_bucket() -> FrameBucket:
    """Return the budget of a socket: `SOCKET_FRAME_BURST`, then `SOCKET_FRAMES_PER_SECOND`."""
    return FrameBucket(settings.SOCKET_FRAME_BURST, settings.SOCKET_FRAMES_PER_SECOND)


class TypingGate:
    """
    Limits the typing frames of one socket: some clients send one for each key, 30 a second if held.

    They do not count against the socket's frame limit. A bucket of the same size limits what they
    cause: an event to the other side, or an error. Frames beyond it are dropped, except that the
    latest state is sent as soon as the bucket allows; `is_behind` is True until then.
    """

    __slots__ = ("_acts", "_arrivals", "_told", "_told_at", "is_typing")

    def __init__(self) -> None:
        self.is_typing = False
        self._told = False
        self._told_at = float("-inf")
        self._acts = new_frame_bucket()
        self._arrivals = FrameBucket(
            settings.SOCKET_TYPING_FRAME_BURST, settings.SOCKET_TYPING_FRAMES_PER_SECOND
        )

    def arrives(self) -> bool:
        """Count a frame; return False when there are more than any keyboard sends."""
        return self._arrivals.take()

    def may_be_refused(self) -> bool:
        """Return whether a frame that is wrong gets an error; beyond the budget it is dropped."""
        return self._acts.take()

    @property
    def is_behind(self) -> bool:
        """Whether the other side was last told something else."""
        return self.is_typing != self._told

    @property
    def wait(self) -> float:
        """Seconds until the budget allows to tell the other side."""
        return self._acts.wait

    def passes(self) -> bool:
        """Return whether to tell the state now: it is a new one, or a `true` that has lasted."""
        now = time.monotonic()
        is_due = now - self._told_at >= settings.SOCKET_TYPING_INTERVAL_SECONDS
        is_news = self.is_behind or (self.is_typing and is_due)
        if not is_news or not self._acts.take():
            return False
        self._told, self._told_at = self.is_typing, now
        return True
