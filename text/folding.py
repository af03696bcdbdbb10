"""Folded forms of names and addresses, for searching and sorting. They are the same on every database."""

import unicodedata

import regex

_MARKS = regex.compile(r"[\p{M}\p{DI}]")
# Letters with a stroke or a ligature, which Unicode does not decompose.
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
# Phones and desktop keyboards insert different apostrophes and hyphens.
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02bb\u2032\u00b4`"), "'")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_ALIKE = {**_LETTERS, **_APOSTROPHES, **_HYPHENS}
_NUMBER = regex.compile(r"[0-9]+")
_NUMBER_DIGITS = 20


def fold(text: str) -> str:
    """
    Return a text for comparing: NFKD, without marks, in one case, with like letters and signs made equal.

    Words are separated by single spaces. "JOSÉ", "jose" and "Jose" with a combining accent are the same.
    """
    # The signs come first: NFKD turns an acute accent into a space and a mark.
    text = unicodedata.normalize("NFKD", text.translate(_ALIKE)).casefold()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(plain.translate(_ALIKE).split())


def sort_key(*names: str) -> bytes:
    """
    Return bytes whose order is the natural order of names: by letters, then by numbers, accents and case.

    The order is that of the letters' folded forms, script by script, and "Client 2" precedes "Client 10".
    """
    folded = "\0".join(_NUMBER.sub(_padded, fold(each).replace("'", "")) for each in names)
    exact = "\0".join(unicodedata.normalize("NFC", each) for each in names)
    return f"{folded}\0\0{exact.swapcase()}".encode(errors="surrogatepass")


def _padded(number: "regex.Match[str]") -> str:
    return number[0].lstrip("0").zfill(_NUMBER_DIGITS)
