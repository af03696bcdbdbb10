"""
Which texts may still be shown.

Each text contains a unique mark. Once the deletion or the replacement of a text has been answered, nothing
that begins later may contain the mark.
"""

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

MARK = re.compile(r"zq[0-9a-f]{16}q", re.ASCII)


def make_mark(bits: int | None = None) -> str:
    """Return a mark, from 64 random bits."""
    number = secrets.randbits(64) if bits is None else bits
    return f"zq{number:016x}q"


def marks_in(shown: Any) -> set[str]:
    """Return the marks in a text, or in data that can be encoded as JSON."""
    return set(MARK.findall(shown if isinstance(shown, str) else json.dumps(shown)))


@dataclass(frozen=True)
class Gone:
    """Since when a text may not be shown, and the kind of violation if it is."""

    since: float
    kind: str


class Texts:
    """The texts that were deleted or replaced, by their marks."""

    def __init__(self) -> None:
        self.gone: dict[str, Gone] = {}

    def take_back(self, text: str, since: float, kind: str) -> None:
        """Record that a text may not be shown from now on. A deletion overrules a replacement."""
        for mark in marks_in(text):
            self.gone[mark] = Gone(since, kind)

    def find_gone(self, shown: Any, began: float) -> list[tuple[str, str]]:
        """Return (kind, mark) of each text in `shown` that was gone when its request began."""
        found = [(self.gone[mark], mark) for mark in marks_in(shown) if mark in self.gone]
        return [(gone.kind, mark) for gone, mark in found if gone.since < began]
