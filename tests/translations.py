"""
Compares the translations in `locale/` with the texts in the code.

`python -m tests.translations` adds the entries that are missing in each file, without a translation, and
removes those that no code uses.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))
NOT_SHOWN = {"tests", "bench", "migrations", "var", ".venv", ".git"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_now": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "gettext_noop": None,
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

Text = tuple[str, str]
"""A text, and its plural or ""."""


def list_texts() -> set[Text]:
    """Return the texts of the product that go through gettext."""
    return {text for path in _list_sources() for text in _read(path)}


def _list_sources() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if path.suffix in (".py", ".html", ".txt") and not NOT_SHOWN & set(inside[:-1]):
            is_code = path.suffix == ".py" or "templates" in inside
            if is_code:
                yield path


def _read(path: Path) -> Iterator[Text]:
    source = path.read_text()
    if path.suffix != ".py":
        source = templatize(source)
    code = io.BytesIO(source.encode())
    for _, _, found, _ in extract_python(code, KEYWORDS, [], {}):
        pieces: Any = (
            found  # a text, or a text and its plural; the library's types have only the second
        )
        texts = [pieces] if isinstance(pieces, str) else [each or "" for each in pieces]
        yield texts[0], texts[1] if len(texts) > 1 else ""


def entries_of(path: Path) -> dict[Text, polib.POEntry]:
    return {(each.msgid, each.msgid_plural): each for each in polib.pofile(str(path))}


def texts_of(entry: polib.POEntry) -> list[str]:
    """Return the translation, or its plural forms."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def update(path: Path) -> None:
    """Add missing entries, and remove unused ones. Sorted, so that changes merge."""
    file, known, texts = polib.pofile(str(path), wrapwidth=0), entries_of(path), list_texts()
    file[:] = [known.get(text) or _new_entry(*text) for text in sorted(texts)]
    file.save(str(path))


def _new_entry(message: str, plural: str) -> polib.POEntry:
    if not plural:
        return polib.POEntry(msgid=message)
    return polib.POEntry(msgid=message, msgid_plural=plural, msgstr_plural={0: "", 1: ""})


if __name__ == "__main__":
    for each in FILES:
        update(each)
