import pytest

from text.directions import isolated

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bob", "Bob"),
        ("José", "José"),
        ("נועה לוי", "\u2068נועה לוי\u2069"),
        ("Bob محمد", "\u2068Bob محمد\u2069"),
        ("Bob\u202e", "Bob"),
        ("נועה\u2069\u202e", "\u2068נועה\u2069"),
    ],
)
def test_right_to_left_name_is_isolated_and_controls_are_removed(name: str, expected: str) -> None:
    assert isolated(name) == expected
