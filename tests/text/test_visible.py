import json
from pathlib import Path

import pytest

from text.visible import has_hidden, has_visible, normalize

pytestmark = pytest.mark.without_servers

# The browser client is tested against the same table.
TABLE = json.loads((Path(__file__).parent / "code-points.json").read_text())
INVISIBLE = {code for first, last in TABLE["invisible"] for code in range(first, last + 1)}
STRIPPED = {code for first, last in TABLE["stripped"] for code in range(first, last + 1)}
NAMED = [
    0x200B,
    0x2060,
    0xFEFF,
    0xAD,
    0x2800,
    0x3164,
    0xFFA0,
    0x202E,
    0xFE0F,
    0xE0041,
    0x07,
    0x85,
    0x20,
]


def test_table_has_the_characters_that_nobody_sees() -> None:
    assert INVISIBLE.issuperset(NAMED)
    assert INVISIBLE.isdisjoint(map(ord, "aé\u0301字🏋\u06dd\ufffd\ue000"))


def test_every_code_point_is_as_visible_as_the_table_says() -> None:
    found = {code for code in range(0x110000) if not has_visible(chr(code))}

    assert found == INVISIBLE


def test_whitespace_of_the_table_is_what_is_stripped() -> None:
    assert {code for code in range(0x110000) if not chr(code).strip()} == STRIPPED


@pytest.mark.parametrize(
    ("text", "expected"), [("a b", False), ("é", False), ("a\u200b", True), ("\n", True)]
)
def test_hidden_characters_are_found(text: str, expected: bool) -> None:
    assert has_hidden(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("e\u0301", "é"), ("\u0958", "\u0915\u093c"), ("\u0958" * 3, "\u0958" * 3)],
)
def test_text_is_composed_unless_it_would_exceed_the_limit(text: str, expected: str) -> None:
    assert normalize(text, limit=3) == expected
