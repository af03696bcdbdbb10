"""Keeps a name from changing the direction of the sentence that it is part of."""

import unicodedata

import regex

_CONTROLS = regex.compile(r"\p{Bidi_Control}")
_TURNING = frozenset({"R", "AL", "AN"})
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def isolated(name: str) -> str:
    """
    Return a name for use in a sentence or a title: isolated if it has right-to-left characters.

    Other names are returned as they are, because isolates would not change how they look, but would be in
    the way of searching and comparing. Directional controls, which old names may have, are removed.
    """
    if name.isascii():
        return name
    plain = _CONTROLS.sub("", name)
    if any(unicodedata.bidirectional(each) in _TURNING for each in plain):
        return f"{_FIRST_STRONG_ISOLATE}{plain}{_POP_ISOLATE}"
    return plain
