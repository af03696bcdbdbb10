"""How much one socket may say."""

import time

from django.conf import settings


class FrameBucket:
    """A token bucket: `SOCKET_FRAME_BURST` frames at once, refilled at `SOCKET_FRAMES_PER_SECOND`."""

    __slots__ = ("_frames", "_refilled_at")

    def __init__(self) -> None:
        self._frames = float(settings.SOCKET_FRAME_BURST)
        self._refilled_at = time.monotonic()

    def take(self) -> bool:
        """Take one frame; return False when there is none left."""
        now = time.monotonic()
        refill = (now - self._refilled_at) * settings.SOCKET_FRAMES_PER_SECOND
        self._frames = min(float(settings.SOCKET_FRAME_BURST), self._frames + refill)
        self._refilled_at = now
        if self._frames < 1:
            return False
        self._frames -= 1
        return True


class TypingGate:
    """Lets a typing frame through when it says something new, or repeats it after a while."""

    __slots__ = ("_is_typing", "_passed_at")

    def __init__(self) -> None:
        self._is_typing = False
        self._passed_at = float("-inf")

    def passes(self, is_typing: bool) -> bool:
        now = time.monotonic()
        is_due = now - self._passed_at >= settings.SOCKET_TYPING_INTERVAL_SECONDS
        if is_typing == self._is_typing and not (is_typing and is_due):
            return False
        self._is_typing, self._passed_at = is_typing, now
        return True
