import pytest

from text.graphemes import cut_text, first_letter, shorten

pytestmark = pytest.mark.without_servers

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("x" * 101, "x" * 100),
        ("é" * 101, "é" * 100),
        (FAMILY * 15, FAMILY * 14),
        ("x" * 99 + "e\u0301", "x" * 99),
        ("x" * 99 + "\r\n", "x" * 99),
        ("x" * 99 + "🇩🇪", "x" * 99),
        ("x" * 100 + "\n", "x" * 100),
        ("a" + "\u0301" * 200, "a" + "\u0301" * 99),
    ],
)
def test_text_is_cut_between_graphemes(text: str, expected: str) -> None:
    assert cut_text(text, 100) == expected
    assert cut_text(text[:101], 100) == expected


def size(text: str) -> int:
    return len(text.encode())


@pytest.mark.parametrize(
    ("text", "max_bytes", "expected"),
    [
        ("a\n bcd", 99, "a bcd"),
        ("12345", 99, "12345"),
        ("123456", 99, "1234…"),
        (FAMILY * 5, 999, FAMILY * 5),
        (FAMILY * 6, 999, FAMILY * 4 + "…"),
        (FAMILY * 5, 80, FAMILY * 3 + "…"),
        ("e" + "\u0301" * 50, 20, "…"),
        ("a e" + "\u0301" * 50, 20, "a…"),
    ],
)
def test_text_is_shortened_to_whole_graphemes(text: str, max_bytes: int, expected: str) -> None:
    assert shorten(text, 5, bytes_of=size, max_bytes=max_bytes) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("zoe", "Z"), ("  (e\u0301va)", "E\u0301"), (f"- {FAMILY}", FAMILY), ("--", ""), ("", "")],
)
def test_first_letter_is_in_upper_case_and_complete(text: str, expected: str) -> None:
    assert first_letter(text) == expected
