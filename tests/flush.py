"""How tests with real commits empty the database while a server of theirs may still be reading it."""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

FLUSH = "TRUNCATE "
# Longer than the server's own: PostgreSQL cancels the transaction that looks for deadlocks first.
PATIENT = "SET LOCAL deadlock_timeout = '5s'"
ATTEMPTS = 6


def flush_patiently(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """
    Let the other side of a deadlock give way to a flush; a wrapper for `execute_wrapper`.

    A flush wants all tables at once, and a server that answers a page's last request has some of
    them and wants another. If the flush is what PostgreSQL cancels, the next test begins with people
    and messages of the last one; a server tries again. A transaction looks for deadlocks only once,
    so a server that began to wait too early does not find one: then the flush tries again itself.
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
