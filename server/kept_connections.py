"""
The database connections that the threads of the API keep from one request to the next.

Taking one from the pool and giving it back costs as much as a query.
"""

import select
from collections.abc import Iterator

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def keep_connections() -> None:
    """
    Exempt this thread's connections from CONN_MAX_AGE, which is 0 where there is a pool.

    `close_old_connections`, which runs at the end of each request, then does what it does to a
    persistent connection: it closes one that no longer works or has a transaction open.
    """
    for connection in _list_open():
        connection.close_at = None


def replace_cut_connections() -> None:
    """
    Close this thread's connections that PostgreSQL has cut, and have the pool check its idle ones.

    The pool knows only psycopg's own state, which does not change until somebody reads from the
    connection, so it would hand out a dead one.
    """
    for connection in _list_open():
        if connection.vendor == "postgresql" and _is_readable(connection):
            connection.connection.close()
            connection.close()
            connection.pool.check()  # type: ignore[attr-defined]  # PostgreSQL's alone


def _list_open() -> Iterator[BaseDatabaseWrapper]:
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None:
            yield connection


def _is_readable(connection: BaseDatabaseWrapper) -> bool:
    """Return whether an idle server has sent something, which is that it goes away. Takes 2 µs."""
    poll = select.poll()
    poll.register(connection.connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
