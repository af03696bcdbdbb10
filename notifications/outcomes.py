from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    DELIVERED = auto()
    # Nothing can be sent to this token, so the device is switched off. For example, the push service no
    # longer knows it, it belongs to another sender, or its address is not public.
    GONE = auto()
    # A retry would not help, but the device stays registered.
    REFUSED = auto()
    LATER = auto()


@dataclass(frozen=True)
class Outcome:
    """
    The result of sending a notification.

    `reason` is logged and stored, so it must not contain the token or message text. `retry_after` is in
    seconds.
    """

    verdict: Verdict
    reason: str = ""
    retry_after: int = 0


DELIVERED = Outcome(Verdict.DELIVERED)
