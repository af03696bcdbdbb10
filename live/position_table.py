"""Stores the state that each socket's client has, so that one query can check many sockets."""

from array import array
from collections.abc import Callable, Sequence
from typing import Any

Columns = Sequence[Sequence[int]]
ListBehind = Callable[..., dict[int, Any]]
"""Takes the columns key, user id and position; returns {key: newer state} for rows that are behind."""

SLICE_ROWS = 1000
"""Rows per query. Building the parameters for this many rows delays the event loop by less than 1 ms."""


class PositionTable:
    """
    A table with one row of integers per socket, stored by column. The first column is the key.

    Each socket updates its row when its position changes. Collecting the positions from 5,000 objects
    would take several times as long as the query that compares the positions with the database.
    """

    def __init__(self) -> None:
        self._columns: list[array[int]] = []
        self._places: dict[int, int] = {}

    def upsert(self, row: Sequence[int]) -> None:
        """Insert a row, or replace the row with the same key."""
        place = self._places.get(row[0])
        if place is None:
            self._places[row[0]] = len(self._places)
            self._columns = self._columns or [array("q") for _ in row]
            for column, value in zip(self._columns, row, strict=True):
                column.append(value)
        else:
            self._replace(place, row)

    def _replace(self, place: int, row: Sequence[int]) -> None:
        for column, value in zip(self._columns, row, strict=True):
            column[place] = value

    def delete(self, key: int) -> None:
        """Delete the row with a key, if any; the last row takes its place."""
        place = self._places.pop(key, None)
        if place is None:
            return
        last = [column.pop() for column in self._columns]
        if last[0] != key:
            self._places[last[0]] = place
            self._replace(place, last)

    def slices(self) -> list[slice]:
        """Return slices for `read`, each of at most `SLICE_ROWS` rows."""
        rows = len(self._places)
        return [slice(start, start + SLICE_ROWS) for start in range(0, rows, SLICE_ROWS)]

    def read(self, part: slice) -> Columns:
        """Return a copy of each column, limited to the rows in `part`."""
        return [column[part] for column in self._columns]
