"""Decides whether a text can be seen. `web/static/web/text/length.js` has the same rules."""

import unicodedata

import regex

# Spaces, controls, formats, surrogates and noncharacters; whatever Unicode lets programs ignore, such as
# U+200B, U+00AD, fillers, variation selectors and tags; and characters that fonts draw as nothing.
_BLANK = r"\u2800\ufffc\U00013441\U00013442\U0001d159"
# Arabic, Syriac and Kaithi signs that are formats to Unicode, but visible.
_SIGNS = r"[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]"
UNSEEN = rf"\p{{Cc}}\p{{Cf}}\p{{Cs}}\p{{DI}}\p{{Noncharacter_Code_Point}}{_BLANK}"
_VISIBLE = regex.compile(rf"[^\p{{Z}}{UNSEEN}]|{_SIGNS}")
_HIDDEN = regex.compile(rf"(?!{_SIGNS})[{UNSEEN}]")


def has_visible(text: str) -> bool:
    """Return whether a text has a character that can be seen."""
    return _VISIBLE.search(text) is not None


def has_hidden(text: str) -> bool:
    """Return whether a text has a character that cannot be seen; a space does not count."""
    return not (text.isascii() and text.isprintable()) and _HIDDEN.search(text) is not None


def normalize(text: str, *, limit: int) -> str:
    """
    Return the NFC form of a text.

    In a few scripts this form is longer. If only this form exceeds `limit` code points, return the text as
    it is, so that no text is refused for its normalization.
    """
    normal = unicodedata.normalize("NFC", text)
    return text if len(normal) > limit >= len(text) else normal
