from typing import Any

import pytest

from text.folding import fold, sort_key

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("JOSÉ", "jose"),
        ("Jose\u0301", "jose"),
        ("Łukasz Đorđe Ægir", "lukasz dorde aegir"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ЁЛКА", "елка"),
        ("ΆΣΣ", "ασσ"),
        ("ＦＵＬＬ\u3000ﬁ", "full fi"),
        ("O’Brien O\u00b4Neil", "o'brien o'neil"),
        ("Anna\u2010Lena", "anna-lena"),
        ("a\u200bb", "ab"),
    ],
)
def test_text_is_folded(text: str, expected: str) -> None:
    assert fold(text) == expected


def mixed(names: list[Any]) -> list[Any]:
    return names[::-1]


def test_names_are_in_natural_order() -> None:
    names = [
        "anna",
        "Anna",
        "Ännä",
        "Client 2",
        "Client 10",
        "Emil",
        "Émile",
        "Łukasz",
        "O'Brien",
        "Oskar",
        "zoe",
        "Яна",
    ]

    assert sorted(mixed(names), key=sort_key) == names


def test_shorter_first_name_precedes_longer_ones() -> None:
    people = [("Ann", "Zorn"), ("Anna", "Abel"), ("Anna", "Ábel"), ("Anna", "Berg")]

    assert sorted(mixed(people), key=lambda each: sort_key(*each)) == people
