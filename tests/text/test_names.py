import pytest

from text.names import HiddenCharacters, clean_name, repair_name

pytestmark = pytest.mark.without_servers

SPELLED_WITH_INVISIBLE_CHARACTERS = {
    "Persian": "می\u200cخواهم",
    "Persian with a vowel": "مَ\u200cها",
    "Sinhala": "ශ්\u200dරී",
    "Malayalam, at the end": "അവന്\u200d",
    "Bengali, before a sign": "র\u200d্যা",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180b",
    "Japanese": "渡邉\U000e0101",
    "family": "👨\u200d👩\u200d👧",
    "heart": "❤\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "rainbow flag": "🏳\ufe0f\u200d🌈",
    "astronaut": "👩🏽\u200d🚀",
    "England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
}
REFUSED = {
    "\u202eBob": "Bob",
    "Bob\u2069": "Bob",
    "\u061cBob": "Bob",
    "Le\u200cvi": "Levi",
    "Levi\u200d": "Levi",
    "Le\u200bvi": "Levi",
    "a\u00adb": "ab",
    "A\ufe0f": "A",
    "1\ufe0f": "1",
    "Bo\x07b": "Bob",
    "❤\ufe0f\u200b": "❤\ufe0f",
    "\u200b": "",
    "\u2800": "",
    "\u3164": "",
    "\U000e0041": "",
}


@pytest.mark.parametrize(
    "name",
    SPELLED_WITH_INVISIBLE_CHARACTERS.values(),
    ids=SPELLED_WITH_INVISIBLE_CHARACTERS.keys(),
)
def test_name_keeps_the_characters_that_its_script_needs(name: str) -> None:
    assert (clean_name(name), repair_name(name)) == (name, name)


@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_name_with_hidden_characters_is_refused(name: str) -> None:
    with pytest.raises(HiddenCharacters):
        clean_name(name)


@pytest.mark.parametrize(("name", "expected"), REFUSED.items(), ids=ascii)
def test_old_name_loses_its_hidden_characters(name: str, expected: str) -> None:
    assert repair_name(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jose\u0301", "José"),
        (" Mary\u00a0 Ann\t", "Mary Ann"),
        ("", ""),
        ("山田\u3000太郎", "山田 太郎"),
    ],
)
def test_name_is_composed_and_has_single_spaces(name: str, expected: str) -> None:
    assert clean_name(name) == expected
