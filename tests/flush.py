"""Empties the database after tests with real commits, while their servers may still read it."""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

FLUSH = "TRUNCATE "
# Longer than the servers' timeout, so that PostgreSQL cancels a server's transaction first.
PATIENT = "SET LOCAL deadlock_timeout = '5s'"
ATTEMPTS = 6


def flush_patiently(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """
    Retry a flush after deadlocks, and let the other side be cancelled; for `execute_wrapper`.

    A flush locks all tables at once, while a server that answers a page's last request has locked
    some of them and waits for another. If PostgreSQL cancels the flush, the next test begins with
    the rows of the last one; a cancelled server retries. A transaction checks for a deadlock only
    once, so a server that began to wait too early does not find it: then PostgreSQL cancels the
    flush, which retries.
    """
    if context["connection"].vendor != "postgresql" or not sql.startswith(FLUSH):
        return execute(sql, params, many, context)
    execute(PATIENT, None, False, context)
    for _ in range(ATTEMPTS - 1):
        execute("SAVEPOINT flush", None, False, context)
        try:
            return execute(sql, params, many, context)
        except (OperationalError, DeadlockDetected) as error:
            if not isinstance(error.__cause__ or error, DeadlockDetected):
                raise
            execute("ROLLBACK TO SAVEPOINT flush", None, False, context)
    return execute(sql, params, many, context)
