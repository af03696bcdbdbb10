from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    DELIVERED = auto()
    # The push service no longer knows the device, or the token belongs to another sender.
    GONE = auto()
    # A retry would not help, but the device stays registered.
    REFUSED = auto()
    LATER = auto()


@dataclass(frozen=True)
class Outcome:
    """
    The result of sending a notification.

    `reason` is logged, so it must not contain the token or message text. `retry_after` is in seconds.
    """

    verdict: Verdict
    reason: str = ""
    retry_after: int = 0


DELIVERED = Outcome(Verdict.DELIVERED)
