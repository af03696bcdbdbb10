"""
Serves the product with a wrong clock: `python -m tests.system.shifted_clock`.

The clock is `CLOCK_SHIFT_SECONDS` ahead, or behind if the number is negative. It advances normally,
and clocks that measure durations are unchanged.
"""

import os
import time
from datetime import UTC, datetime, timedelta

import time_machine

from config import serve


def main() -> None:
    shift = timedelta(seconds=float(os.environ["CLOCK_SHIFT_SECONDS"]))
    with time_machine.travel(datetime.now(UTC) + shift, tick=True):
        time.time()  # the clock does not advance before its first use
        serve.main()


if __name__ == "__main__":
    main()
