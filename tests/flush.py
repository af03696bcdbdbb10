"""Empties the database after tests with real commits, while their servers may still read it."""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

FLUSH = "TRUNCATE "
# Longer than the servers' `deadlock_timeout`, so that a server's transaction is cancelled first.
PATIENT = "SET LOCAL deadlock_timeout = '5s'"
ATTEMPTS = 6


def flush_patiently(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """
    Make PostgreSQL resolve a deadlock by cancelling the server's transaction, not the flush.

    Pass this to `connection.execute_wrapper`. A flush locks all tables in one statement, one after the
    other. Meanwhile, a server that answers a page's last request may have locked some tables and may wait
    for another. A server whose transaction is cancelled simply retries it. But if the flush failed, the
    next test would begin with the rows of the previous test.

    A transaction checks for a deadlock only once, when it has waited for `deadlock_timeout`. If the
    server's transaction checked before the deadlock existed, only the flush finds the deadlock. Then
    PostgreSQL cancels the flush, and the flush is retried here.
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
