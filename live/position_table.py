"""Where the open sockets are, in a form in which the database can be asked about all of them."""

from array import array
from collections.abc import Callable, Sequence
from typing import Any

Columns = Sequence[Sequence[int]]
Compare = Callable[..., dict[int, Any]]
"""Takes columns; returns how things stand that differ from a row, each by the row's key."""

SLICE = 1000
"""Rows of one question, which takes the event loop less than a millisecond."""


class Roll:
    """
    A row of numbers for each open socket of one kind, kept in columns, the first of them the key.

    To look at five thousand objects, spread over all of the memory, takes several times as long as
    to have the database compare their rows. So each writes down where it is when that changes.
    """

    def __init__(self) -> None:
        self._columns: list[array[int]] = []
        self._places: dict[int, int] = {}

    def write(self, row: Sequence[int]) -> None:
        """Add a row, or replace the one with its key."""
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

    def erase(self, key: int) -> None:
        """Take out a row, if it is there; the last one moves to its place."""
        place = self._places.pop(key, None)
        if place is None:
            return
        last = [column.pop() for column in self._columns]
        if last[0] != key:
            self._places[last[0]] = place
            self._replace(place, last)

    def starts(self) -> range:
        """Return where the slices begin, for `read`."""
        return range(0, len(self._places), SLICE)

    def read(self, start: int) -> Columns:
        """Return the columns of a slice, as they are now."""
        return [column[start : start + SLICE] for column in self._columns]
