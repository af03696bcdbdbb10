"""The positions of the open sockets, in the form in which one query compares all of them."""

from array import array
from collections.abc import Callable, Sequence
from typing import Any

Columns = Sequence[Sequence[int]]
ListBehind = Callable[..., dict[int, Any]]
"""Takes the columns key, user and position; returns the newer state of each row that is behind, by key."""

SLICE_ROWS = 1000
"""Rows per query: building its parameters blocks the event loop for less than 1 ms."""


class PositionTable:
    """
    One row of integers per socket, stored in columns; the first is the key.

    Visiting 5,000 socket objects all over the memory takes several times as long as the query that
    compares their rows, so each socket upserts its row when it moves.
    """

    def __init__(self) -> None:
        self._columns: list[array[int]] = []
        self._places: dict[int, int] = {}

    def upsert(self, row: Sequence[int]) -> None:
        """Insert a row, or replace the one with its key."""
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
        """Delete a row, if there is one; the last row moves to its place."""
        place = self._places.pop(key, None)
        if place is None:
            return
        last = [column.pop() for column in self._columns]
        if last[0] != key:
            self._places[last[0]] = place
            self._replace(place, last)

    def slices(self) -> list[slice]:
        """Return the parts of at most `SLICE_ROWS` rows that `read` takes."""
        rows = len(self._places)
        return [slice(start, start + SLICE_ROWS) for start in range(0, rows, SLICE_ROWS)]

    def read(self, part: slice) -> Columns:
        """Return the columns of a slice as they are now."""
        return [column[part] for column in self._columns]
