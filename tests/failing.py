"""A database that fails at some statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection


@contextmanager
def failing_at(part: str, *, after: str = "") -> Iterator[None]:
    """
    Fail at the SQL statements that contain `part`, and expect the error.

    With `after`, fail only after a statement that contains `after` has been executed.
    """
    with pytest.raises(OperationalError), failing_quietly_at(part, after=after):
        yield


@contextmanager
def failing_quietly_at(part: str, *, after: str = "") -> Iterator[None]:
    """Do the same, but expect that the code under test handles the error."""
    is_armed = not after

    def execute_or_fail(execute: Any, sql: str, *args: Any) -> Any:
        nonlocal is_armed
        if is_armed and part in sql:
            raise OperationalError("The disk is full.")
        result = execute(sql, *args)
        is_armed = is_armed or after in sql
        return result

    with connection.execute_wrapper(execute_or_fail):
        yield
