"""Every text that goes through gettext is translated; see `tests.translations`."""

from pathlib import Path

import pytest

from tests.translations import FILES, PLACEHOLDER, entries_of, list_texts, texts_of

pytestmark = pytest.mark.without_servers

HOW = "Run `python -m tests.translations`, and translate the new entries (German: du, short)."


def test_texts_of_code_and_templates_are_found() -> None:
    found = list_texts()

    assert ("Not found.", "") in found
    assert ("%(count)s job discarded.", "%(count)s jobs discarded.") in found
    assert ("This page could not start", "") in found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parents[1].name)
def test_every_text_is_translated(path: Path) -> None:
    entries, wanted = entries_of(path), list_texts()

    assert not wanted - set(entries), HOW
    assert not set(entries) - wanted, f"These are no longer used. {HOW}"
    incomplete = [each.msgid for each in entries.values() if not all(texts_of(each))]
    assert not incomplete, f"Translate these in {path}."
    assert not [each.msgid for each in entries.values() if each.fuzzy]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parents[1].name)
def test_translation_has_the_parameters_of_its_text(path: Path) -> None:
    for (message, plural), entry in entries_of(path).items():
        *singular, last = map(placeholders_in, texts_of(entry))
        assert last == placeholders_in(plural or message), message
        # A singular may be a word instead of the number.
        assert all(each <= placeholders_in(message + plural) for each in singular), message


def placeholders_in(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_german_is_there() -> None:
    assert [path.parents[1].name for path in FILES] == ["de"]
