from functools import cached_property

from live.frames import Frame
from messaging.consumers.typing_throttle import TypingThrottle
from users.sockets import UserConsumer


class TypingConsumer(UserConsumer):
    """A socket that limits typing frames separately, so that holding down a key does not close it."""

    @cached_property
    def _typing(self) -> TypingThrottle:
        """Create the throttle on the first typing frame, because most sockets never receive one."""
        return TypingThrottle()

    def is_within_limit(self, frame: Frame | None) -> bool:
        if frame and frame.get("type") == "typing":
            return self._typing.accepts_frame()
        return super().is_within_limit(frame)
