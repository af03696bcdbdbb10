"""
The numbers by which PostgreSQL finds the messages with a part of a word, in one conversation and era.

A gram is two adjacent characters of a word, or one symbol such as an emoji. Its number is a hash of the
gram and the conversation, preceded by the era: so a search reads the index only where the user's own
conversations are, however many messages others have. Different grams can have the same number, so the
texts are compared afterwards.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

ERA_BITS = 22
"""An era is a range of four million message ids. Searches go from the newest era to older ones."""
_ERAS = 32
_HASH_BITS = 27
_MASK = 2**64 - 1
_INT4 = 2**31
# Odd constants that spread small numbers over 64 bits.
_OF_CONVERSATION, _OF_GRAM, _MIX = 0xC2B2AE3D27D4EB4F, 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


def grams_of(folded: str) -> set[str]:
    """Return the grams of a folded text or word."""
    pairs = {first + second for first, second in pairwise(folded)}
    return {pair for pair in pairs if " " not in pair} | set(filter(_is_symbol, folded))


def _is_symbol(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character).startswith("S")


def number_grams(grams: Iterable[str], conversation_id: int, era: int) -> list[int]:
    """Return the numbers of grams, each a 32-bit integer. They are stored, so they must never change."""
    scope = conversation_id * _OF_CONVERSATION & _MASK
    first = (era % _ERAS << _HASH_BITS) - _INT4
    return [first + _hash(_number(gram) ^ scope) for gram in grams]


def _hash(number: int) -> int:
    number = number * _MIX & _MASK
    number ^= number >> 32
    return (number * _MIX & _MASK) >> 64 - _HASH_BITS


@lru_cache(maxsize=20_000)
def _number(gram: str) -> int:
    number = 0
    for character in gram:
        number = number * 0x110001 + ord(character) + 1
    return number * _OF_GRAM & _MASK
