from collections.abc import Collection

from django.db import connection

from jobs.sql import select_seconds_until_due


def get_seconds_until_due(*, kinds: Collection[str]) -> float | None:
    """
    Return the seconds until a job of these kinds is due, negative if it is late; None without any.

    Reads without a lock: a worker without work holds up no writer.
    """
    if not kinds:
        return None
    with connection.cursor() as cursor:
        cursor.execute(select_seconds_until_due(len(kinds)), [*kinds] * 3)
        seconds = cursor.fetchone()[0]
    return None if seconds is None else float(seconds)
