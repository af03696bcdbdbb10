"""What the review of open sockets asks."""

from collections.abc import Sequence
from typing import Any

from db.sql import IntTable, fetch_all
from messaging.sql.rules import ACTIVE_OF

_IS_ACTIVE = ACTIVE_OF.format(user="given.user_id")
_POSITIONS = IntTable("key", "user_id", "conversation_id", "version")
_NEWER = f"""
SELECT given.key, c.version
FROM {{given}} LEFT JOIN messaging_conversation c ON c.id = given.conversation_id AND {_IS_ACTIVE}
WHERE c.id IS NULL OR c.version > given.version
"""
_SUMS = IntTable("key", "user_id", "known_count", "known_ids", "known_versions")
# PostgreSQL adds up ids to a numeric, which a client would get as a Decimal.
_OTHER_SUMS = f"""
SELECT given.key, count(c.id), CAST(COALESCE(sum(c.id), 0) AS bigint), COALESCE(sum(c.version), 0)
FROM {{given}} LEFT JOIN messaging_conversation c ON {_IS_ACTIVE}
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
