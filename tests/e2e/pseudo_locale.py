"""
Arabic for tests: the English texts in Arabic letters. It mirrors layouts, and shows untranslated texts.

It is no language of the product. A browser gets it by routes, and a server by `TEST_LOCALES`.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import polib
from playwright.sync_api import BrowserContext, Route

from tests.translations import list_texts
from tests.web.test_texts import FILES, texts_of

CODE = "ar"
LOCALE = "ar-EG"
PLURALS = ("zero", "one", "two", "few", "many", "other")
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz" * 2, "ابصديفجهىژكلمنوپقرستعڤؤخئز" * 2)
LETTERS |= {ord(each.upper()): LETTERS[ord(each)] for each in "abcdefghijklmnopqrstuvwxyz"}
PLACEHOLDER = re.compile(r"(\{\w+\}|%\(\w+\)[sd]|<[^>]*>|&\w+;)")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
PLURAL_FORM = re.compile(r'(one|other):\s*("(?:[^"\\]|\\.)*")')
# The entry of English in text/translate.js, also in a bundle.
ENTRY = re.compile(r"\ben: (\[[^\]]*\]),")


def in_arabic(text: str) -> str:
    """Return a text in Arabic letters, with its parameters and tags."""
    pieces = PLACEHOLDER.split(text)
    return "".join(
        each if index % 2 else each.translate(LETTERS) for index, each in enumerate(pieces)
    )


def ar(key: str, **parameters: str) -> str:
    """Return the text of a key of the client."""
    (text,) = STRING.findall(_sources()[key])
    return in_arabic(json.loads(f'"{text}"')).format(**parameters)


@cache
def _sources() -> dict[str, str]:
    return {key: text for name in FILES for key, text in texts_of(name).items()}


def speak_arabic(context: BrowserContext) -> None:
    """Give the client of a browser whose locale is LOCALE the texts of this language."""
    for name in FILES:
        context.route(re.compile(rf"/{name.removesuffix('.js')}[.\w]*\.js"), _answer_with(name))
    context.route(re.compile(r"/(?:app|translate)[.\w]*\.js"), _add_language)


def _answer_with(name: str) -> Any:
    entries = {key: _translate(text) for key, text in texts_of(name).items()}
    module = f'export const locale = "{LOCALE}"; export const texts = {json.dumps(entries)};'
    return lambda route: route.fulfill(body=module, content_type="text/javascript")


def _translate(source: str) -> Any:
    if not source.startswith("{"):
        return in_arabic(json.loads(source))
    forms = {form: in_arabic(json.loads(text)) for form, text in PLURAL_FORM.findall(source)}
    return {form: forms.get(form, forms["other"]) for form in PLURALS}


def _add_language(route: Route) -> None:
    response = route.fetch()
    body = ENTRY.sub(rf"en: \1, {CODE}: \1,", response.text())
    route.fulfill(response=response, body=body)


def write_catalogue(folder: Path) -> Path:
    """Write the server's texts of this language; return the folder for `TEST_LOCALES`."""
    file = polib.POFile()
    file.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for text, plural in sorted(list_texts()):
        forms = {0: in_arabic(text), 1: in_arabic(plural)} if plural else {}
        entry = polib.POEntry(msgid=text, msgid_plural=plural, msgstr_plural=forms)
        entry.msgstr = "" if plural else in_arabic(text)
        file.append(entry)
    target = folder / CODE / "LC_MESSAGES"
    target.mkdir(parents=True)
    file.save(str(target / "django.po"))
    return folder
