"""Queries that compare the versions and checksums of open sockets with the database."""

from collections.abc import Sequence
from typing import Any

from db.sql import IntTable, fetch_all
from messaging.sql.rules import ACTIVE_OF

_IS_ACTIVE = ACTIVE_OF.format(user="input.user_id")
_POSITIONS = IntTable("key", "user_id", "conversation_id", "version")
_NEWER = f"""
SELECT input.key, c.version
FROM {{input}} LEFT JOIN messaging_conversation c ON c.id = input.conversation_id AND {_IS_ACTIVE}
WHERE c.id IS NULL OR c.version > input.version
"""
_SUMS = IntTable("key", "user_id", "known_count", "known_ids", "known_versions")
# In PostgreSQL the sum of bigints is a numeric, which psycopg would return as a Decimal.
_DIFFERING_CHECKSUMS = f"""
SELECT input.key, count(c.id), CAST(COALESCE(sum(c.id), 0) AS bigint), COALESCE(sum(c.version), 0)
FROM {{input}} LEFT JOIN messaging_conversation c ON {_IS_ACTIVE}
GROUP BY input.key, input.known_count, input.known_ids, input.known_versions
HAVING count(c.id) <> input.known_count OR COALESCE(sum(c.id), 0) <> input.known_ids
    OR COALESCE(sum(c.version), 0) <> input.known_versions
"""


def select_newer(*positions: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return (key, version) for sockets that are behind; version is None if the socket must be closed."""
    return fetch_all(_NEWER.format(input=_POSITIONS.table), _POSITIONS.params(*positions))


def select_differing_checksums(*sums: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return (key, count, sum of ids, sum of versions) for inbox sockets whose `sums` are outdated."""
    return fetch_all(_DIFFERING_CHECKSUMS.format(input=_SUMS.table), _SUMS.params(*sums))
