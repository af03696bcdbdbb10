"""Adding a language takes one file: `locale/<language>/LC_MESSAGES/django.mo`."""

import struct
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import translation
from django.utils.functional import Promise

from api.error_codes import list_error_codes
from api.exceptions import NotFound, TooFast
from config.languages import list_languages
from messaging.exceptions import ConversationArchived
from messaging.models import Conversation
from tests.conftest import Client
from tests.refusals import refusal
from users.models import User

TEXTS = {
    "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n",
    "Not found.": "Nicht gefunden.",
    "Slow down. Try again in %(seconds)s second.\0Slow down. Try again in %(seconds)s seconds.": (
        "Langsam. In %(seconds)s Sekunde wieder.\0Langsam. In %(seconds)s Sekunden wieder."
    ),
}


def compile_texts(texts: dict[str, str]) -> bytes:
    """Return a message catalogue in the binary format of GNU gettext."""
    pairs = [(key.encode(), text.encode()) for key, text in sorted(texts.items())]
    start = 28 + 16 * len(pairs)
    tables: list[bytes] = []
    content = b""
    for column in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), start + len(content)))
            content += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + b"".join(tables) + content


@pytest.fixture
def german(tmp_path: Path, settings: Any) -> Path:
    """A locale folder with a German catalogue; the settings refer to it."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compile_texts(TEXTS))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), *list_languages(tmp_path)]
    return tmp_path


def test_language_with_a_compiled_file_is_available(german: Path) -> None:
    assert list_languages(german) == [("de", "Deutsch")]


def test_language_without_a_compiled_file_is_not_available(tmp_path: Path) -> None:
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)

    assert list_languages(tmp_path) == []
    assert list_languages(tmp_path / "missing") == []


def test_errors_are_in_the_language_of_the_request(german: Path) -> None:
    with translation.override("de"):
        assert str(NotFound()) == "Nicht gefunden."
        assert str(TooFast(1)) == "Langsam. In 1 Sekunde wieder."
        assert str(TooFast(30)) == "Langsam. In 30 Sekunden wieder."
    assert str(NotFound()) == "Not found."


def test_response_is_in_the_accepted_language(
    german: Path, api: Client, alice: User, conversation: Conversation
) -> None:
    middleware = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    with override_settings(MIDDLEWARE=middleware):
        client = Client().as_user(alice)

        unknown = client.get("/api/messaging/conversations/0/messages/", HTTP_ACCEPT_LANGUAGE="de")

    assert unknown.json() == refusal("Nicht gefunden.", "not_found")


def test_every_text_of_an_error_can_be_translated() -> None:
    errors = [*NotFound.__subclasses__(), ConversationArchived]

    assert errors
    assert [each for each in errors if not isinstance(each.detail, Promise)] == []
    assert all(each.meaning for each in list_error_codes())
