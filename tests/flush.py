"""How tests with real commits empty the database while a server of theirs may still be reading it."""

from collections.abc import Callable
from typing import Any

FLUSH = "TRUNCATE "
# Longer than anybody's own; PostgreSQL ends the transaction whose time is up first.
PATIENT = "SET LOCAL deadlock_timeout = '60s'"


def flush_patiently(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """
    Let the other side of a deadlock give way to a flush; a wrapper for `execute_wrapper`.

    A flush wants all tables at once, and a server that answers a page's last request has some of
    them and wants another. If the flush is what PostgreSQL ends, the next test begins with people
    and messages of the last one; a server tries again.
    """
    if context["connection"].vendor == "postgresql" and sql.startswith(FLUSH):
        execute(PATIENT, None, False, context)
    return execute(sql, params, many, context)
