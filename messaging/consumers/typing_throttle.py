import time

from django.conf import settings

from live.token_bucket import TokenBucket, new_frame_bucket


class TypingThrottle:
    """
    Limits the typing frames of one socket: some clients send one per key press, 30 per second while a
    key is held down.

    They do not count towards the socket's frame limit. A separate bucket of the same size limits their
    effects: events to the other person, and errors. Further frames are dropped, but the latest state is
    announced as soon as the bucket allows; until then `is_pending` is True.
    """

    __slots__ = ("_announced", "_announced_at", "_effects", "_frames", "is_typing")

    def __init__(self) -> None:
        self.is_typing = False
        self._announced = False
        self._announced_at = float("-inf")
        self._effects = new_frame_bucket()
        self._frames = TokenBucket(
            settings.SOCKET_TYPING_FRAME_BURST, settings.SOCKET_TYPING_FRAMES_PER_SECOND
        )

    def accepts_frame(self) -> bool:
        """Count a frame; return False if there are more than any keyboard can send."""
        return self._frames.try_take()

    def may_send_error(self) -> bool:
        """Return whether to answer an invalid frame with an error; beyond the limit it is dropped."""
        return self._effects.try_take()

    @property
    def is_pending(self) -> bool:
        """Return whether the latest state differs from the announced one."""
        return self.is_typing != self._announced

    @property
    def wait_seconds(self) -> float:
        """Return the seconds until the limit allows an announcement."""
        return self._effects.wait_seconds

    def should_announce(self) -> bool:
        """Return whether to announce the state now, because it changed or `true` must be repeated."""
        now = time.monotonic()
        is_due = now - self._announced_at >= settings.SOCKET_TYPING_INTERVAL_SECONDS
        is_news = self.is_pending or (self.is_typing and is_due)
        if not is_news or not self._effects.try_take():
            return False
        self._announced, self._announced_at = self.is_typing, now
        return True
