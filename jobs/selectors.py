from collections.abc import Collection

from django.db import connection

from jobs.sql import select_seconds_until_due


def get_seconds_until_due(*, kinds: Collection[str]) -> float | None:
    """
    Return the seconds until the next job of these kinds is due, or None if none is waiting or running.

    A running job becomes due when its worker's lease expires. The number is negative if a job is
    overdue. The query takes no lock, so an idle worker never blocks a writer.
    """
    if not kinds:
        return None
    with connection.cursor() as cursor:
        cursor.execute(select_seconds_until_due(len(kinds)), [*kinds] * 3)
        seconds = cursor.fetchone()[0]
    return None if seconds is None else float(seconds)
