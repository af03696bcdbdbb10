"""The browsers' time zone: one in which it is 17:00 now, so that every conversation has a "today"."""

import os
from datetime import UTC, datetime, timedelta, timezone

HOUR = 17
FARTHEST_EAST = 14
CHOSEN = "SCREENSHOTS_HOURS_EAST"
"""The environment variable that stores the chosen zone for this process and its children."""


def hours_east() -> int:
    """Return the browsers' offset from UTC in hours; chosen on the first call."""
    hours = HOUR - datetime.now(UTC).hour
    return int(os.environ.setdefault(CHOSEN, str(hours - 24 * (hours > FARTHEST_EAST))))


def now_there() -> datetime:
    """Return the current time in that zone."""
    return datetime.now(timezone(timedelta(hours=hours_east())))


def zone_name() -> str:
    """Return the zone's name for a browser; in these names, zones east of UTC have a minus sign."""
    return f"Etc/GMT{-hours_east():+d}"
