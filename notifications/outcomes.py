from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    DELIVERED = auto()
    # The device does not exist any more, or never will be ours to reach.
    GONE = auto()
    # Not this time and not the next: the fault is ours, or nobody's.
    REFUSED = auto()
    LATER = auto()


@dataclass(frozen=True)
class Outcome:
    """What a push service said. `reason` holds no address and no text; it is logged."""

    verdict: Verdict
    reason: str = ""
    retry_after: int = 0


DELIVERED = Outcome(Verdict.DELIVERED)
