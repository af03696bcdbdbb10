"""
Querysets that are compiled once per process and executed with different parameters.

Building and compiling a queryset costs several times as much as executing its SQL. Django
generates the SQL, so it works on every database that Django supports and follows renamed columns.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Value

from db.sql import fetch_all

# The first of the placeholder values for compiling a queryset. They fit 32-bit and 64-bit integer columns.
_FIRST_STAND_IN = 1_900_000_000


class CompiledQuery:
    """
    The queryset that `build` returns, compiled to SQL once.

    `build` takes integers and returns a queryset of tuples. Because `build` is called only once, with
    placeholder values, the integers may only be passed to filters. Rows are returned unconverted: see
    `Columns.load` and `RowType.load`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], parameters: int) -> None:
        self._build, self._count = build, parameters

    def fetch_all(self, *params: int) -> list[tuple[Any, ...]]:
        """Execute the statement and return its rows."""
        sql, places, constants = self._compiled
        values = (*params, *constants)
        return fetch_all(sql, [values[place] for place in places])

    @cached_property
    def _compiled(self) -> tuple[str, list[int], list[Any]]:
        """
        Return the SQL, one position per placeholder, and the constants.

        The constants are the values that `build` itself puts into the query. A position tells where the
        placeholder's value is in (*params, *constants). `params` are the arguments of `fetch_all`.
        """
        stand_ins = [_FIRST_STAND_IN + number for number in range(self._count)]
        sql, params = self._build(*stand_ins).query.sql_with_params()
        constants = [each for each in params if each not in stand_ins]
        if missing := set(stand_ins).difference(params):
            raise ValueError(f"{len(missing)} parameters are not in the query: {sql}")
        after = iter(range(self._count, self._count + len(constants)))
        places = [stand_ins.index(each) if each in stand_ins else next(after) for each in params]
        return sql, places, constants


def counting(queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return `queryset.count()` as a queryset with one row, because CompiledQuery needs a queryset."""
    everything = queryset.order_by().annotate(all_rows=Value(1)).values("all_rows")
    counted: QuerySet[Any, Any] = everything.annotate(number=Count("pk")).values_list("number")
    return counted
