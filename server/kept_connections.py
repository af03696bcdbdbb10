"""
Database connections that the API's threads keep between requests, or that the pool keeps.

Getting a connection from the pool and putting it back takes as long as a query.
"""

import select
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def keep_connections() -> None:
    """
    Exempt this thread's connections from CONN_MAX_AGE, which is 0 with a pool.

    Django calls `close_old_connections` after each request. That function then treats these connections
    as persistent, and closes only those that are broken or have an open transaction.
    """
    for connection in _list_open():
        connection.close_at = None


def replace_cut_connections() -> None:
    """Drop this thread's connections that PostgreSQL has closed, so that the next query gets a new one."""
    for connection in _list_open():
        if _is_cut(connection):
            _drop(connection)


def replace_if_cut(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """
    Replace a connection that a thread has just got, if PostgreSQL has closed it in the pool.

    A receiver of Django's signal `connection_created`, which also tells of connections from the pool.
    """
    if _is_cut(connection):
        _drop(connection)
        connection.connect()


def _drop(connection: BaseDatabaseWrapper) -> None:
    """
    Close a dead connection, and make the pool check its idle ones.

    Without this check, the pool would hand out dead connections: it relies on psycopg's connection state,
    which changes only at the next read.
    """
    connection.connection.close()
    connection.close()
    connection.pool.check()  # type: ignore[attr-defined]  # only PostgreSQL's wrapper has a pool


def _list_open() -> Iterator[BaseDatabaseWrapper]:
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None:
            yield connection


def _is_cut(connection: BaseDatabaseWrapper) -> bool:
    """
    Return whether an idle connection has data to read, which means that PostgreSQL is closing it.

    This takes 2 µs.
    """
    if connection.vendor != "postgresql":
        return False
    poll = select.poll()
    poll.register(connection.connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
