import pytest

from text.emoji import is_emoji


@pytest.mark.parametrize("text", ["😀", "☎️", "👩🏿‍🚀", "🏳️‍🌈", "🇺🇳", "#️⃣", "*️⃣", "🫠"])
def test_emoji_is_recognized(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "x", "😀😀", "😀x", "🇺", "🇺🇳🇺🇳", "#", "\u200d", "😀" * 65])
def test_other_text_is_not_an_emoji(text: str) -> None:
    assert not is_emoji(text)
