"""Where the browsers are: wherever it is five in the afternoon, so that every day has a today."""

import os
from datetime import UTC, datetime, timedelta, timezone

HOUR = 17
FARTHEST_EAST = 14
CHOSEN = "SCREENSHOTS_HOURS_EAST"
"""The variable that keeps the zone while the hour changes during a run, for processes of it too."""


def hours_east() -> int:
    """Return how far the browsers are from Greenwich; chosen when it is first asked for."""
    hours = HOUR - datetime.now(UTC).hour
    return int(os.environ.setdefault(CHOSEN, str(hours - 24 * (hours > FARTHEST_EAST))))


def now_there() -> datetime:
    """Return the time of this moment there."""
    return datetime.now(timezone(timedelta(hours=hours_east())))


def zone_name() -> str:
    """Return the zone's name for a browser; in these names, east is minus."""
    return f"Etc/GMT{-hours_east():+d}"
