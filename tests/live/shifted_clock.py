"""
Serves the product as on a machine whose clock is wrong: `python -m tests.live.shifted_clock`.

`CLOCK_SHIFT_SECONDS` says by how much it is ahead; behind, when it is negative. The clock goes on as
it does elsewhere, and what measures durations is left alone.
"""

import os
import time
from datetime import UTC, datetime, timedelta

import time_machine

from config import serve


def main() -> None:
    shift = timedelta(seconds=float(os.environ["CLOCK_SHIFT_SECONDS"]))
    with time_machine.travel(datetime.now(UTC) + shift, tick=True):
        time.time()  # the clock stands until it is asked for the first time
        serve.main()


if __name__ == "__main__":
    main()
