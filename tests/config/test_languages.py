"""Adding a language takes one file: `locale/<language>/LC_MESSAGES/django.po`."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import translation
from django.utils.functional import Promise

from api.accepted_language import choose_language
from api.error_codes import list_error_codes
from api.exceptions import NotFound, TooFast
from config.languages import compile_languages, list_languages
from messaging.exceptions import ConversationArchived
from messaging.models import Conversation
from tests.conftest import Client
from tests.refusals import refusal
from users.models import User

MESSAGES = "/api/messaging/conversations/0/messages/"
GERMAN = refusal("Nicht gefunden.", "not_found")
ENGLISH = refusal("Not found.", "not_found")
FRENCH_FILE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Not found."
msgstr "Introuvable."
"""


@pytest.fixture
def french(tmp_path: Path) -> Path:
    """A locale folder with a French file."""
    folder = tmp_path / "source" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(FRENCH_FILE)
    return tmp_path / "source"


def test_language_with_a_file_is_available(french: Path) -> None:
    assert list_languages(french) == [("fr", "français")]
    assert list_languages(french / "missing") == []


def test_languages_are_compiled_once_and_again_after_a_change(french: Path, tmp_path: Path) -> None:
    first = compile_languages(french, tmp_path / "compiled")
    (compiled,) = first.glob("fr/LC_MESSAGES/django.mo")
    made = compiled.stat().st_mtime_ns
    same = compile_languages(french, tmp_path / "compiled")
    (french / "fr" / "LC_MESSAGES" / "django.po").write_text(FRENCH_FILE + "\n")
    changed = compile_languages(french, tmp_path / "compiled")

    assert (same, compiled.stat().st_mtime_ns) == (first, made)
    assert changed != first
    assert [path.name for path in changed.rglob("*.*")] == ["django.mo"]


def test_compiled_language_can_be_used(french: Path, tmp_path: Path, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "français")]
    settings.LOCALE_PATHS = [compile_languages(french, tmp_path / "compiled")]

    with translation.override("fr"):
        assert str(NotFound()) == "Introuvable."


def test_errors_are_in_the_active_language() -> None:
    with translation.override("de"):
        assert str(NotFound()) == "Nicht gefunden."
        assert str(TooFast(1)) == "Nicht so schnell. Versuche es in 1 Sekunde erneut."
        assert str(TooFast(30)) == "Nicht so schnell. Versuche es in 30 Sekunden erneut."
    assert str(NotFound()) == "Not found."


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-US,de;q=0.9", "en"),
        ("en;q=0.4,de;q=0.5", "de"),
        ("fr,de;q=0.5", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        ("de;q=x", "en"),
        ("de-" + "x" * 10_000, "en"),
    ],
)
def test_first_accepted_language_with_texts_is_chosen(accepted: str, language: str) -> None:
    assert choose_language(accepted) == language


@pytest.mark.parametrize(
    ("own", "accepted", "body"),
    [("", "de", GERMAN), ("", "fr", ENGLISH), ("en", "de", ENGLISH), ("de", "en", GERMAN)],
)
def test_response_is_in_the_users_language_or_else_in_the_accepted_one(
    api: Client, alice: User, conversation: Conversation, own: str, accepted: str, body: object
) -> None:
    User.objects.filter(pk=alice.pk).update(language=own)

    unknown = api.as_user(alice).get(MESSAGES, HTTP_ACCEPT_LANGUAGE=accepted)

    assert unknown.json() == body


def test_field_errors_are_in_the_accepted_language(api: Client, alice: User, bob: User) -> None:
    body = {"trainee_id": bob.pk, "content": " "}

    refused = api.as_user(alice).post(
        "/api/messaging/conversations/start/", body, HTTP_ACCEPT_LANGUAGE="de"
    )

    assert refused.json() == {"content": ["Dieses Feld darf nicht leer sein."]}


def test_language_ends_with_its_request(api: Client, alice: User) -> None:
    api.as_user(alice).get(MESSAGES, HTTP_ACCEPT_LANGUAGE="de")

    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [("", "de", "de"), ("en", "de", "en"), ("de", "en", "de"), ("xx", "de", "de")],
)
def test_page_is_in_the_language_of_the_clients_cookie_or_else_in_the_accepted_one(
    client: Browser, cookie: str, accepted: str, language: str
) -> None:
    client.cookies["language"] = cookie

    page = client.get("/messages", headers={"accept-language": accepted})

    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert f"text/{language}.js" in page.text


def test_page_in_a_language_of_the_server_alone_has_its_direction_and_the_texts_in_english(
    client: Browser, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "العربيّة")]
    choose_language.cache_clear()

    page = client.get("/messages", headers={"accept-language": "ar"})

    choose_language.cache_clear()
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "text/en.js" in page.text


def test_every_text_of_an_error_can_be_translated() -> None:
    errors = [*NotFound.__subclasses__(), ConversationArchived]

    assert errors
    assert [each for each in errors if not isinstance(each.detail, Promise)] == []
    assert all(each.meaning for each in list_error_codes())
