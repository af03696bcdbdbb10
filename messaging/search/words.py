"""Divides a query into the words that a message must contain."""

import regex

from messaging.models import CONTENT_MAX_LENGTH
from text.folding import fold_message

# What no stored text contains, and what databases refuse as a parameter.
_NOWHERE = regex.compile(r"[\0\p{Cs}]")
_WORD = regex.compile(r'"([^"]+)"|(\S+)')


def words_of(query: str) -> list[str]:
    """
    Return the folded words of a query, and its phrases in quotation marks; no word is part of another.

    Return an empty list if no message can be found.
    """
    folded = fold_message(query)
    if _NOWHERE.search(query) or len(folded) > CONTENT_MAX_LENGTH:
        return []
    found = {(phrase or word).strip() for phrase, word in _WORD.findall(folded)} - {""}
    longest_first = sorted(found, key=lambda word: (-len(word), word))
    kept: list[str] = []
    for word in longest_first:
        if not any(word in each for each in kept):
            kept.append(word)
    return kept


def has_words(text: str, words: list[str]) -> bool:
    """Return whether each word is part of a text; `text` is folded here."""
    folded = fold_message(text)
    return all(word in folded for word in words)
