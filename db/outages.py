"""Tells errors that mean "the database is away for a moment" from bugs and lasting faults."""

import sqlite3

import psycopg
from django.db import InterfaceError

# https://www.postgresql.org/docs/current/errcodes-appendix.html
CONNECTION_LOST = "08"
TOO_LITTLE_LEFT = "53"  # too many connections, disk full, out of memory
AWAY_STATES = {
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
    "57P03",  # cannot_connect_now: it starts, recovers or stops
    "57P05",  # idle_session_timeout
    "25P03",  # idle_in_transaction_session_timeout
    "25006",  # read_only_sql_transaction: after a failover
}
# Another transaction was in the way, and a new attempt usually succeeds.
CONFLICT_STATES = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available, after lock_timeout
}
# https://www.sqlite.org/rescode.html; the extended codes have these in their low byte.
SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
}


def is_away(error: BaseException | None) -> bool:
    """
    Return whether the database is unavailable, so that the same request may succeed later.

    True if it cannot be reached, is stopping or starting, is read-only, as after a failover, or has no
    connection, memory or disk space left; on SQLite also if it stayed locked. Other errors, such as a
    missing table or a statement that took too long, come again with each attempt.
    """
    cause = _cause_of(error)
    if isinstance(cause, psycopg.Error):
        return _is_away_on_postgres(cause)
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_AWAY
    # Django's own, as "connection already closed".
    return isinstance(error, InterfaceError) and "connection" in str(error)


def _is_away_on_postgres(error: psycopg.Error) -> bool:
    if state := error.sqlstate:
        return state.startswith((CONNECTION_LOST, TOO_LITTLE_LEFT)) or state in AWAY_STATES
    # Without a state, the message is of libpq or the pool, not of the server.
    if isinstance(error, psycopg.InterfaceError):
        return "connection" in str(error)
    return isinstance(error, psycopg.OperationalError)


def is_conflict(error: BaseException | None) -> bool:
    """Return whether the database ended a transaction because another one was in its way."""
    cause = _cause_of(error)
    return isinstance(cause, psycopg.Error) and cause.sqlstate in CONFLICT_STATES


def _cause_of(error: BaseException | None) -> BaseException | None:
    """Return the driver's error, from which Django has raised its own."""
    if isinstance(error, (psycopg.Error, sqlite3.Error)):
        return error
    return getattr(error, "__cause__", None)
