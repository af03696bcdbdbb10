import time

from django.conf import settings

from live.token_bucket import TokenBucket, new_frame_bucket


class TypingThrottle:
    """
    Limits the typing frames of one socket, and the events and errors that these frames cause.

    Some clients send a frame for each key press, which is 30 per second while a key is held down. So
    typing frames do not count towards the socket's frame limit, but have a higher limit of their own.
    The events and errors have a third limit, as high as the socket's frame limit. Once that limit is
    reached, no events or errors are sent. Then `is_pending` tells whether the latest typing state must
    still be announced.
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
        """Count a typing frame. Return False, to close the socket, if no keyboard sends so many frames."""
        return self._frames.try_take()

    def may_send_error(self) -> bool:
        """Return whether the rate limit allows another error frame. If so, count that frame."""
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
        """
        Return whether to announce the typing state now; if so, record it as announced.

        A changed state is announced. While the person keeps typing, True is announced again after each
        `SOCKET_TYPING_INTERVAL_SECONDS`. Announcements and error frames share a token bucket. While it is
        empty, nothing is announced.
        """
        now = time.monotonic()
        is_due = now - self._announced_at >= settings.SOCKET_TYPING_INTERVAL_SECONDS
        is_news = self.is_pending or (self.is_typing and is_due)
        if not is_news or not self._effects.try_take():
            return False
        self._announced, self._announced_at = self.is_typing, now
        return True
