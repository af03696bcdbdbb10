"""Folded forms of names and addresses, for searching and sorting. They are the same on every database."""

import unicodedata

import regex

_MARKS = regex.compile(r"[\p{M}\p{DI}]")
# Accents by their combining class, and the points of Hebrew and Arabic. Other marks are letters: the vowels
# of Hindi and Thai, and the voiced sounds of Japanese. U+0640 only makes an Arabic word longer.
_CLASSES = "".join(
    rf"\p{{ccc={each}}}" for each in (1, 202, 214, 216, 218, 220, 228, 230, 232, 240)
)
_POINTS = r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670"
_ACCENTS = regex.compile(rf"[\p{{DI}}\u0640{_CLASSES}{_POINTS}]")
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
_SIGNS = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"), '"') | {0x5BE: "-"}
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


def fold_message(text: str) -> str:
    """
    Return a text for searching, as `fold` does, but keep marks that are letters.

    Quotation marks are made equal, too, and the hyphen of Hebrew is one. Single spaces separate words.
    """
    text = unicodedata.normalize("NFKD", text.translate({**_ALIKE, **_SIGNS})).casefold()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFC", plain).split())


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
