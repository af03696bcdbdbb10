"""
Runs the few statements that every request needs, written by hand or compiled by `db.compiled`.

Building a query with the ORM costs five to ten times as much as running it. Rows become model
instances whose other fields are deferred, or named tuples. The rest of the product uses the ORM.
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
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        _take_binary(cursor)
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def fetch_one(sql: str, params: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run a statement and return its first row, if it has any."""
    with connection.cursor() as cursor:
        _take_binary(cursor)
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _take_binary(cursor: CursorWrapper) -> None:
    """Make PostgreSQL send times and numbers in binary: parsing them as text is slow Python."""
    if connection.vendor == "postgresql":
        cursor.cursor.format = Format.BINARY


def execute(sql: str, params: Sequence[Any]) -> int:
    """Run a statement and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def to_db(moment: Any) -> Any:
    """Return a time as a parameter for this database."""
    return connection.ops.adapt_datetimefield_value(moment)


def to_time(value: Any) -> datetime:
    """Convert a time that SQL has computed: SQLite returns it as text."""
    if isinstance(value, datetime):
        return value
    moment: datetime = connection.ops.convert_datetimefield_value(value, None, connection)  # type: ignore[attr-defined]  # SQLite's
    return moment


class IntTable:
    """
    Passes columns of ints as a derived table `input` (unnest on PostgreSQL, json_each on SQLite).

    Each column is one text parameter, or all are one on SQLite: adapting a thousand numbers one by
    one costs more than the statement itself.
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
        """Return the parameters that fill the table."""
        if connection.vendor == "postgresql":
            return [f"{{{','.join(map(str, column))}}}" for column in columns]
        return [json.dumps(list(zip(*columns, strict=True)))]


class Columns(Generic[M]):
    """Some columns of a model: their SELECT list, and the conversion of a row into an instance."""

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
        """Return the columns as `values_list()` takes them, from a relation such as `author__`."""
        return [f"{path}{each}" for each in self._attnames]

    def load(self, row: Row) -> M:
        """Return an instance from a row that has these columns and no others."""
        row = _converted(row, self._converters)
        # As Model.from_db() does, without signals or deferred fields.
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
    A named tuple whose first fields are columns of a model, by their `attname`.

    A tuple costs a quarter of a model instance. Fields with a default are not columns.
    """

    def __init__(self, model: type[Model], row: type[N]) -> None:
        self._model, self._make = model, row._make
        self.names = [each for each in row._fields if each not in row._field_defaults]
        self.count = len(self.names)

    def of(self, alias: str) -> str:
        """Return the SELECT list for a table alias."""
        return ", ".join(f"{alias}.{each.column}" for each in self._fields)

    def load(self, row: Row, *added: Any) -> N:
        """Return the tuple from a row that has its columns, followed by the other fields."""
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
    """Return the converters of SQLite's text to times and UUIDs; PostgreSQL needs none."""
    columns = [Col(model._meta.db_table, each) for each in fields]
    return [
        (index, _bound(convert, column))
        for index, column in enumerate(columns)
        for convert in connection.ops.get_db_converters(column)
    ]


def _bound(convert: Callable[..., Any], column: Col) -> Converter:
    return lambda value: convert(value, column, connection)
