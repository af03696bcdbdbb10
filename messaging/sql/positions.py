"""Finds the place of a time in a conversation."""

from datetime import datetime

from db.sql import fetch_one, to_db

# Within a conversation, `created_at` never decreases, so a binary search over the ids needs about 24 steps
# and no index of its own. `low` and `high` enclose the first message that is not older.
# SQLite allows the recursive table only in the outermost FROM, so the condition occurs twice.
_IS_LATER = """
(
    SELECT m.created_at FROM messaging_message m
    WHERE m.conversation_id = %s AND m.id >= (low + high) / 2 ORDER BY m.id LIMIT 1
) >= %s
"""
_FIRST_FROM = f"""
WITH RECURSIVE step (low, high) AS (
    SELECT min(m.id), max(m.id) FROM messaging_message m WHERE m.conversation_id = %s
    UNION ALL
    SELECT CASE WHEN {_IS_LATER} THEN low ELSE (low + high) / 2 + 1 END,
        CASE WHEN {_IS_LATER} THEN (low + high) / 2 ELSE high END
    FROM step WHERE low < high
)
SELECT m.id FROM messaging_message m JOIN step ON m.id >= step.low
WHERE step.low = step.high AND m.conversation_id = %s ORDER BY m.id LIMIT 1
"""


def select_first_from(conversation_id: int, at: datetime) -> int | None:
    """Return the id of the first message at or after a time, else of the newest; None if there is none."""
    condition = [conversation_id, to_db(at)]
    params = [conversation_id, *condition, *condition, conversation_id]
    row = fetch_one(_FIRST_FROM, params)
    return int(row[0]) if row else None
