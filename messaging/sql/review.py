"""What the review of open sockets asks."""

from collections.abc import Sequence
from typing import Any

from db.sql import IntTable, fetch_all

_POSITIONS = IntTable("key", "user_id", "conversation_id", "version")
_NEWER = """
SELECT given.key, c.version
FROM {given} LEFT JOIN messaging_conversation c ON c.id = given.conversation_id
    AND NOT c.is_archived AND given.user_id IN (c.trainer_id, c.trainee_id)
WHERE c.id IS NULL OR c.version > given.version
"""
_SUMS = IntTable("key", "user_id", "known_count", "known_ids", "known_versions")
# PostgreSQL adds up ids to a numeric, which a client would get as a Decimal.
_OTHER_SUMS = """
SELECT given.key, count(c.id), CAST(COALESCE(sum(c.id), 0) AS bigint), COALESCE(sum(c.version), 0)
FROM {given} LEFT JOIN messaging_conversation c
    ON (c.trainer_id = given.user_id OR c.trainee_id = given.user_id) AND NOT c.is_archived
GROUP BY given.key, given.known_count, given.known_ids, given.known_versions
HAVING count(c.id) <> given.known_count OR COALESCE(sum(c.id), 0) <> given.known_ids
    OR COALESCE(sum(c.version), 0) <> given.known_versions
"""


def select_newer(*positions: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the keys of those who are not where their conversation is, with its version or None."""
    return fetch_all(_NEWER.format(given=_POSITIONS.table), _POSITIONS.params(*positions))


def select_other_sums(*sums: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the keys of the sums that are not right any more, with how they stand."""
    return fetch_all(_OTHER_SUMS.format(given=_SUMS.table), _SUMS.params(*sums))
