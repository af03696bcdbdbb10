"""The table of the open sockets' positions: each row is read once, with its latest values."""

import pytest

from live import position_table
from live.position_table import PositionTable

Rows = set[tuple[int, ...]]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> PositionTable:
    """A table that is read three rows at a time, with five rows under the keys 1 to 5."""
    monkeypatch.setattr(position_table, "SLICE_ROWS", 3)
    found = PositionTable()
    for key in range(1, 6):
        found.upsert((key, key * 10))
    return found


def read(rows: PositionTable) -> list[Rows]:
    return [set(zip(*rows.read(part), strict=True)) for part in rows.slices()]


def test_rows_are_read_in_slices(rows: PositionTable) -> None:
    assert read(rows) == [{(1, 10), (2, 20), (3, 30)}, {(4, 40), (5, 50)}]


def test_row_is_replaced_by_its_key(rows: PositionTable) -> None:
    rows.upsert((2, 21))

    assert read(rows) == [{(1, 10), (2, 21), (3, 30)}, {(4, 40), (5, 50)}]


def test_last_row_takes_the_place_of_a_deleted_one_and_keeps_its_key(
    rows: PositionTable,
) -> None:
    rows.delete(2)
    rows.upsert((5, 51))
    rows.upsert((6, 60))

    assert read(rows) == [{(1, 10), (5, 51), (3, 30)}, {(4, 40), (6, 60)}]


@pytest.mark.parametrize("order", [(1, 2, 3, 4, 5), (5, 4, 3, 2, 1), (3, 5, 1, 4, 2)])
def test_table_is_empty_when_all_rows_are_deleted(
    rows: PositionTable, order: tuple[int, ...]
) -> None:
    for deleted, key in enumerate(order, start=1):
        rows.delete(key)
        left = {(each, each * 10) for each in order[deleted:]}
        assert set().union(*read(rows)) == left

    assert read(rows) == []


def test_deleting_an_unknown_key_changes_nothing(rows: PositionTable) -> None:
    before = read(rows)

    rows.delete(9)

    assert read(rows) == before
