"""Cleans the names of people and businesses."""

import unicodedata

import regex

from text.visible import has_hidden, has_visible

_SPACES = regex.compile(r"[\t\n\r\p{Z}]+")
_INDIC_MARK = r"[\p{M}--\p{sc=Inherited}]"
_CURSIVE = r"\p{jt=D}\p{jt=R}\p{jt=L}[\u064b-\u065f\u0670]"
_PICTURE = r"\p{ExtPict}\p{EMod}\ufe0f"
# Invisible characters that spelling needs: joiners in cursive and Indic scripts, and the parts of emoji,
# of Han variants and of Mongolian letters. Anywhere else they make two equal-looking names differ.
_NEEDED = regex.compile(
    rf"(?<=[{_CURSIVE}{_INDIC_MARK}])[\u200c\u200d]"
    rf"|[\u200c\u200d](?={_INDIC_MARK})"
    rf"|(?<=[{_PICTURE}])\u200d(?=\p{{ExtPict}})"
    r"|(?<=\p{ExtPict})[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    r"|(?<=[\p{Han}\p{Katakana}\p{Hiragana}])[\ufe00-\ufe02\U000e0100-\U000e01ef]"
    r"|(?<=\p{Mongolian})[\u180b-\u180d\u180f]"
    r"|(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f",
    regex.VERSION1,
)


class HiddenCharacters(ValueError):
    """A name has characters that cannot be seen, or characters that turn the text around them."""


def clean_name(name: str) -> str:
    """
    Return the stored form of a name: NFC, with single spaces; raise HiddenCharacters.

    Bidirectional controls are refused, and so are invisible characters, except where a script or an emoji
    needs them.
    """
    cleaned = _SPACES.sub(" ", unicodedata.normalize("NFC", name)).strip()
    if has_hidden(_NEEDED.sub("", cleaned)) or (cleaned and not has_visible(cleaned)):
        raise HiddenCharacters
    return cleaned


def repair_name(name: str) -> str:
    """Return the stored form of an old name, without the characters that `clean_name` refuses."""
    try:
        return clean_name(name)
    except HiddenCharacters:
        return clean_name(_without_hidden(unicodedata.normalize("NFC", name)))


def _without_hidden(name: str) -> str:
    """Remove hidden characters, except those that the spelling needs."""
    kept, end = [], 0
    cleaned = _SPACES.sub(" ", name)
    for needed in _NEEDED.finditer(cleaned):
        kept += [_drop(cleaned[end : needed.start()]), needed[0]]
        end = needed.end()
    kept.append(_drop(cleaned[end:]))
    whole = "".join(kept)
    return whole if has_visible(whole) and not has_hidden(_NEEDED.sub("", whole)) else _drop(whole)


def _drop(text: str) -> str:
    return "".join(each for each in text if not has_hidden(each))
