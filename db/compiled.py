"""
Querysets that are compiled once in a process and run again with other parameters.

Building a queryset and compiling it costs several times as much as running its statement. The SQL is
the queryset's own, so it is right on every database that Django knows, and follows renamed columns.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Value

from db.sql import fetch_all

# Stand for the parameters while the queryset is compiled: in range of every integer column.
_FIRST_STAND_IN = 1_900_000_000


class CompiledQuery:
    """
    A queryset of tuples as a statement that is kept. `build` makes it from integers, the parameters.

    `build` is called once, with stand-ins, so it may only pass its parameters on to filters. Rows are
    as the database returns them: `Columns.load` and `RowType.load` convert them.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], parameters: int) -> None:
        self._build, self._count = build, parameters

    def fetch_all(self, *params: int) -> list[tuple[Any, ...]]:
        """Run the statement and return its rows."""
        sql, places, constants = self._compiled
        values = (*params, *constants)
        return fetch_all(sql, [values[place] for place in places])

    @cached_property
    def _compiled(self) -> tuple[str, list[int], list[Any]]:
        """Return the SQL, and for each of its placeholders the index of its value."""
        stand_ins = [_FIRST_STAND_IN + number for number in range(self._count)]
        sql, params = self._build(*stand_ins).query.sql_with_params()
        constants = [each for each in params if each not in stand_ins]
        if missing := set(stand_ins).difference(params):
            raise ValueError(f"{len(missing)} parameters are not in the query: {sql}")
        after = iter(range(self._count, self._count + len(constants)))
        places = [stand_ins.index(each) if each in stand_ins else next(after) for each in params]
        return sql, places, constants


def counting(queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return a queryset of one row with the number of rows, as `count()` would select it."""
    everything = queryset.order_by().annotate(all_rows=Value(1)).values("all_rows")
    counted: QuerySet[Any, Any] = everything.annotate(number=Count("pk")).values_list("number")
    return counted
