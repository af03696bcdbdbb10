from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    DELIVERED = auto()
    # The device no longer exists, or belongs to another sender.
    GONE = auto()
    # A retry would not help, and the device is not to blame.
    REFUSED = auto()
    LATER = auto()


@dataclass(frozen=True)
class Outcome:
    """The result of sending. `reason` is logged, so it holds no address and no message text."""

    verdict: Verdict
    reason: str = ""
    retry_after: int = 0


DELIVERED = Outcome(Verdict.DELIVERED)
