"""Every text that goes through gettext is translated; see `tests.translations`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.translations import FILES, PLACEHOLDER, ROOT, entries_of, list_texts, texts_of

pytestmark = pytest.mark.without_servers

APPS = ("api", "live", "messaging", "notifications", "privacy", "trainer", "users")
PRODUCT = [path for app in APPS for path in sorted(ROOT.glob(f"{app}/**/*.py"))]
ANSWERS = ("Response", "ValidationError", "ParseError", "FieldInvalid", "frames.error")
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


def test_answers_have_no_sentence_outside_gettext() -> None:
    found = [each for path in PRODUCT for each in list_plain_answers(path)]

    assert not found, "Wrap these in gettext."


def list_plain_answers(path: Path) -> list[str]:
    """Return the sentences that a module gives to responses, or to errors that responses contain."""
    calls = (each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.Call))
    answers = (each for each in calls if ast.unparse(each.func).endswith(ANSWERS))
    values = (value for each in answers for value in each.args)
    return [f"{path.name}: {text}" for value in values for text in _plain(value)]


def _plain(node: ast.AST) -> Iterator[str]:
    """Yield the sentences in an expression, without those that are arguments of functions."""
    if isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str):
        text = ast.unparse(node)
        if " " in text and text[-2] in ".?!":
            yield text
    elif not isinstance(node, ast.Call):
        for each in ast.iter_child_nodes(node):
            yield from _plain(each)


def test_plain_answers_are_found(tmp_path: Path) -> None:
    module = tmp_path / "views.py"
    module.write_text(
        'Response({"message": f"{name} has left."})\n'
        'raise serializers.ValidationError({"token": "It is wrong."})\n'
        'Response({"message": _("It is done.")})\n'
        'raise FieldInvalid("message", text)\n'
        'print("It is done.")\n'
    )

    assert list_plain_answers(module) == [
        "views.py: f'{name} has left.'",
        "views.py: 'It is wrong.'",
    ]


def test_german_is_there() -> None:
    assert [path.parents[1].name for path in FILES] == ["de"]
