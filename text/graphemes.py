"""Cuts texts between graphemes: between what people see as characters, such as an emoji of a family."""

from collections.abc import Callable

import regex

_GRAPHEME = regex.compile(r"\X")
_LETTER = regex.compile(r"[\p{L}\p{N}\p{Extended_Pictographic}]")


def cut_text(text: str, limit: int) -> str:
    """
    Return the first `limit` code points, without a grapheme that is incomplete.

    A first grapheme that is longer than that is cut. The result depends on `limit` + 1 code points only.
    """
    if len(text) <= limit:
        return text
    if text[limit - 1 : limit + 1].isascii() and text[limit] != "\n":
        return text[:limit]  # the usual case, without the search for graphemes
    end = 0
    # The last grapheme always ends after `limit`.
    for grapheme in _GRAPHEME.finditer(text[: limit + 1]):  # pragma: no branch
        if grapheme.end() > limit:
            break
        end = grapheme.end()
    return text[: end or limit]


def shorten(text: str, limit: int, *, bytes_of: Callable[[str], int], max_bytes: int) -> str:
    """
    Return a text on one line, with at most `limit` graphemes and `max_bytes`, as `bytes_of` counts them.

    A shortened text ends with an ellipsis, which counts. Graphemes are kept whole: one that does not fit
    is left out, with everything behind it.
    """
    line = " ".join(text.split())
    graphemes = _GRAPHEME.findall(line)
    if len(graphemes) <= limit and bytes_of(line) <= max_bytes:
        return line
    kept, room = [], max_bytes - bytes_of("…")
    for grapheme in graphemes[: limit - 1]:
        room -= bytes_of(grapheme)
        if room < 0:
            break
        kept.append(grapheme)
    return "".join(kept).rstrip() + "…"


def first_letter(text: str) -> str:
    """Return the first letter, digit or emoji in upper case, with its accents; "" if there is none."""
    found = _LETTER.search(text)
    return _GRAPHEME.findall(text, found.start())[0].upper() if found else ""
