"""The rows of the open sockets: whatever comes and goes, each is read once, as it was last written."""

import pytest

from live import position_table as roll
from live.position_table import Roll

Rows = set[tuple[int, ...]]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Roll:
    """A roll in slices of three, with five rows whose keys are 1 to 5."""
    monkeypatch.setattr(roll, "SLICE", 3)
    found = Roll()
    for key in range(1, 6):
        found.write((key, key * 10))
    return found


def read(rows: Roll) -> list[Rows]:
    return [set(zip(*rows.read(start), strict=True)) for start in rows.starts()]


def test_rows_are_read_in_slices(rows: Roll) -> None:
    assert read(rows) == [{(1, 10), (2, 20), (3, 30)}, {(4, 40), (5, 50)}]


def test_row_is_replaced_by_its_key(rows: Roll) -> None:
    rows.write((2, 21))

    assert read(rows) == [{(1, 10), (2, 21), (3, 30)}, {(4, 40), (5, 50)}]


def test_last_row_takes_the_place_of_an_erased_one_and_is_still_its_own(rows: Roll) -> None:
    rows.erase(2)
    rows.write((5, 51))
    rows.write((6, 60))

    assert read(rows) == [{(1, 10), (5, 51), (3, 30)}, {(4, 40), (6, 60)}]


@pytest.mark.parametrize("order", [(1, 2, 3, 4, 5), (5, 4, 3, 2, 1), (3, 5, 1, 4, 2)])
def test_roll_is_empty_when_all_are_erased(rows: Roll, order: tuple[int, ...]) -> None:
    for erased, key in enumerate(order, start=1):
        rows.erase(key)
        left = {(each, each * 10) for each in order[erased:]}
        assert set().union(*read(rows)) == left

    assert read(rows) == []


def test_erasing_what_is_not_there_changes_nothing(rows: Roll) -> None:
    before = read(rows)

    rows.erase(9)

    assert read(rows) == before
