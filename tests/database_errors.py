"""Errors of the database, as Django raises them from those of the driver."""

import sqlite3

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError
from psycopg import errors


def postgres_error(state: str) -> DatabaseError:
    """Return the error with this SQLSTATE."""
    return wrap(errors.lookup(state)("secret of the inside"))


def sqlite_error(code: int) -> DatabaseError:
    """Return the error with this result code."""
    error = sqlite3.OperationalError("secret of the inside")
    error.sqlite_errorcode = code
    return wrap(error)


def away() -> DatabaseError:
    """Return the error of a server that cannot be reached: it has no SQLSTATE."""
    return wrap(psycopg.OperationalError("connection failed"))


def closed() -> InterfaceError:
    """Return the error of a connection that has been lost."""
    error = InterfaceError("the connection is closed")
    error.__cause__ = psycopg.InterfaceError("the connection is closed")
    return error


def wrap(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error
