"""
Executes the few statements that every request needs, hand-written or compiled by `db.compiled`.

Building a query with the ORM costs five to ten times as much as executing it. Rows become named
tuples, or model instances whose unselected fields are deferred. The rest of the product uses the ORM.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from psycopg.pq import Format

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=NamedTuple)
Row = Sequence[Any]
Converter = Callable[[Any], Any]
Converters = list[tuple[int, Converter]]


def fetch_all(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Execute a statement and return its rows."""
    with connection.cursor() as cursor:
        _take_binary(cursor)
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def fetch_one(sql: str, params: Sequence[Any]) -> tuple[Any, ...] | None:
    """Execute a statement and return its first row, or None."""
    with connection.cursor() as cursor:
        _take_binary(cursor)
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _take_binary(cursor: CursorWrapper) -> None:
    """Make PostgreSQL send times and numbers in binary, which psycopg parses faster than text."""
    if connection.vendor == "postgresql":
        cursor.cursor.format = Format.BINARY


def execute(sql: str, params: Sequence[Any]) -> int:
    """Execute a statement and return the number of affected rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def to_db(moment: Any) -> Any:
    """Convert a datetime to a query parameter for this database."""
    return connection.ops.adapt_datetimefield_value(moment)


def to_time(value: Any) -> datetime:
    """Return the datetime for a value that SQL computed; SQLite returns text."""
    if isinstance(value, datetime):
        return value
    moment: datetime = connection.ops.convert_datetimefield_value(value, None, connection)  # type: ignore[attr-defined]  # SQLite's
    return moment


class IntTable:
    """
    Passes columns of ints as a derived table `input` (unnest on PostgreSQL, json_each on SQLite).

    The numbers are passed as text: in one parameter per column on PostgreSQL, and in one parameter
    for all columns on SQLite. Adapting a thousand numbers one by one would cost more than the
    statement itself.
    """

    def __init__(self, *names: str) -> None:
        self._names = names

    @property
    def table(self) -> str:
        """Return the derived table for a FROM clause."""
        if connection.vendor == "postgresql":
            arrays = ", ".join(["%s::bigint[]"] * len(self._names))
            return f"unnest({arrays}) input ({', '.join(self._names)})"
        values = [f"json_extract(value, '$[{at}]') AS {it}" for at, it in enumerate(self._names)]
        return f"(SELECT {', '.join(values)} FROM json_each(%s)) input"  # noqa: S608 - made of column names

    def params(self, *columns: Sequence[int]) -> list[str]:
        """Return the parameters for `table`. Pass the columns in the order of the constructor's `names`."""
        if connection.vendor == "postgresql":
            return [f"{{{','.join(map(str, column))}}}" for column in columns]
        return [json.dumps(list(zip(*columns, strict=True)))]


class Columns(Generic[M]):
    """A subset of a model's columns, with their SELECT list and the conversion of rows to instances."""

    def __init__(self, model: type[M], *names: str) -> None:
        self._model = model
        self._fields: list[Field[Any, Any]] = [
            each for each in model._meta.concrete_fields if each.name in names
        ]
        self._attnames = [each.attname for each in self._fields]
        self.count = len(names)

    def of(self, alias: str) -> str:
        """Return the SELECT list for a table alias."""
        return ", ".join(f"{alias}.{each.column}" for each in self._fields)

    def under(self, path: str) -> list[str]:
        """Return the names to pass to `values_list()`, prefixed with a relation such as `author__`."""
        return [f"{path}{each}" for each in self._attnames]

    def load(self, row: Row) -> M:
        """Return an instance for a row with exactly these columns."""
        row = _converted(row, self._converters)
        # As Model.from_db() does, but without sending signals.
        instance = self._model.__new__(self._model)
        instance.__dict__.update(zip(self._attnames, row, strict=True))
        instance._state = state = ModelState()
        state.db, state.adding = DEFAULT_DB_ALIAS, False
        return instance

    @cached_property
    def _converters(self) -> Converters:
        return _list_converters(self._model, self._fields)


class RowType(Generic[N]):
    """
    Converts rows of a model's table to named tuples.

    Each tuple field without a default is a column of the model, named by its `attname`. The caller of
    `load` passes the values of the other fields. Creating a tuple takes a quarter of the time of
    creating a model instance.
    """

    def __init__(self, model: type[Model], row: type[N]) -> None:
        self._model, self._make = model, row._make
        self.names = [each for each in row._fields if each not in row._field_defaults]
        self.count = len(self.names)

    def of(self, alias: str) -> str:
        """Return the SELECT list for a table alias."""
        return ", ".join(f"{alias}.{each.column}" for each in self._fields)

    def load(self, row: Row, *added: Any) -> N:
        """Return the tuple for a row; `added` are the values of the fields with defaults."""
        return self._make((*_converted(row, self._converters), *added))

    @cached_property
    def _fields(self) -> list[Field[Any, Any]]:
        return [cast("Field[Any, Any]", self._model._meta.get_field(name)) for name in self.names]

    @cached_property
    def _converters(self) -> Converters:
        return _list_converters(self._model, self._fields)


def _converted(row: Row, converters: Converters) -> Row:
    if not converters:
        return row
    values = list(row)
    for index, convert in converters:
        values[index] = convert(values[index])
    return values


def _list_converters(model: type[Model], fields: Sequence[Field[Any, Any]]) -> Converters:
    """Return SQLite's converters to aware datetimes, UUIDs and booleans; PostgreSQL needs none."""
    columns = [Col(model._meta.db_table, each) for each in fields]
    return [
        (index, _bound(convert, column))
        for index, column in enumerate(columns)
        for convert in connection.ops.get_db_converters(column)
    ]


def _bound(convert: Callable[..., Any], column: Col) -> Converter:
    return lambda value: convert(value, column, connection)
