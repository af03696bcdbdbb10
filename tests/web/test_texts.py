"""Every text that users see is in the file of its language, and nowhere else."""

import re

import pytest

from tests.web.javascript import parse, texts_in_html
from tests.web.pages import MODULES, source_of
from web import modules

# {English file: the files of the other languages}
FILES = {"text/en.js": ["text/de.js"], "text/en-later.js": ["text/de-later.js"]}
ROW = re.compile(r'^  "([\w.]+)":\s*(\{(?:[^{}"]|"[^"]*")*\}|"[^"]*"),$', re.MULTILINE | re.DOTALL)
PLURALS = {"text/de.js": ["one", "other"], "text/de-later.js": ["one", "other"]}


def texts_of(name: str) -> dict[str, str]:
    """Return {key: source of the text} of a language file."""
    return dict(ROW.findall(source_of(name)))


TEXTS = {key: text for name in FILES for key, text in texts_of(name).items()}
# `t("key", { … })` and `parts("key", { … })`; the parameters may have one more level of braces.
USE = re.compile(r'\b(?:t|parts)\(\s*"([\w.]+)"(?:,\s*\{((?:[^{}]|\{[^{}]*\})*)\})?')
USERS = [
    name for name in MODULES if not modules.TEXTS.fullmatch(name) and name != "text/translate.js"
]
# A string that starts like a sentence or has two words is a text for users, except NOT_FOR_PEOPLE.
WORDS = re.compile(r"[A-Z][a-z’]+(?![\w-]*[A-Z:-])|[A-Za-z’,]+ [A-Za-z’]+[.…!?]?$")
NOT_FOR_PEOPLE = {"ArrowDown", "ArrowUp", "End", "Enter", "Escape", "Home", "Tab"}
NOT_FOR_PEOPLE |= {"Files", "Bearer \0", "other long", "own long"}


def uses_in(name: str) -> list[tuple[str, str]]:
    """Return each key that a module uses, with the source of its parameters."""
    return USE.findall(source_of(name))


def literal_texts_in(name: str) -> list[str]:
    """Return the texts that a module shows or speaks without a translation."""
    source = re.sub(r"(?:console\.\w+|new (?:Type)?Error)\([^;]*;", "", source_of(name))
    module = parse(source)
    shown = [text for template in module.html for text in texts_in_html(template)]
    found = [text.strip() for text in shown if re.search(r"[A-Za-z]", text.replace("\0", ""))]
    plain = [each for each in module.strings + module.templates if each not in NOT_FOR_PEOPLE]
    return found + [each for each in plain if WORDS.match(each)]


def test_texts_are_found() -> None:
    for name in [*FILES, *(other for others in FILES.values() for other in others)]:
        assert len(texts_of(name)) == len(re.findall(r'^  "', source_of(name), re.MULTILINE)) > 80


def test_used_keys_and_existing_keys_are_the_same() -> None:
    used = {key for name in USERS for key, _ in uses_in(name)}

    assert used == set(TEXTS)


def test_texts_that_are_loaded_later_are_used_by_those_who_load_them() -> None:
    later = set(re.findall(r'^  "([\w.]+)":', source_of("text/en-later.js"), re.MULTILINE))
    loading = [
        f"screens/{name}.js"
        for name in (
            *("forgot-password", "invitations", "join", "reset-password", "settings", "trainee"),
            "trainees",
        )
    ]
    # With their parts, such as screens/settings/password-form.js.
    parts = ("screens/invitation", "screens/join", "screens/settings", "screens/trainee")
    own = (
        *parts,
        "live/notifications.js",
        "live/photos/uploader.js",
        "screens/forgot",
        "screens/reset",
        "screens/messages/actions",
        "screens/messages/announcer.js",
        "screens/messages/offer/",
        "screens/messages/photos/prepare.js",
        "screens/messages/photos/tray.js",
        "screens/messages/photos/viewer.js",
        "screens/search/",
        "ui/dialog.js",
        "ui/sign-out.js",
    )
    elsewhere = [name for name in USERS if not name.startswith(own)]

    assert later.isdisjoint(key for name in elsewhere for key, _ in uses_in(name))
    assert all('import "../text/later.js";' in source_of(name) for name in loading)
    assert " loadLater()," in source_of("ui/offer-trigger.js")
    assert ", loadLater()]" in source_of("ui/sign-out.js")
    assert 'import("./photos/tray.js"), loadLater()]' in source_of("screens/messages/attaching.js")
    assert 'import("./photos/uploader.js"), loadLater()]' in source_of("live/outbox-sender.js")
    assert 'import("../photos/viewer.js"), loadLater()]' in source_of(
        "screens/messages/parts/photo.js"
    )
    assert 'import("../../text/later.js")' in source_of("screens/search/opening.js")


def test_texts_that_are_loaded_later_are_read_by_functions_only() -> None:
    """A constant of a module can be evaluated before the texts have been loaded."""
    later = set(re.findall(r'^  "([\w.]+)":', source_of("text/en-later.js"), re.MULTILINE))
    constants = [
        (name, key)
        for name in USERS
        for constant in re.findall(r"^(?:export )?const [^;]*;", source_of(name), re.MULTILINE)
        if "=>" not in constant
        for key in re.findall(r'\bt\("([\w.]+)"', constant)
    ]

    assert [each for each in constants if each[1] in later] == []
    assert constants


def test_keys_are_literal() -> None:
    calls = [
        each
        for name in USERS
        for each in re.findall(r"(?<![\w.#])(?:t|parts)\(\s*[^\"\s)]", source_of(name))
    ]

    assert calls == []


@pytest.mark.parametrize("name", USERS)
def test_parameters_match_those_of_the_text(name: str) -> None:
    for key, parameters in uses_in(name):
        wanted = set(re.findall(r"\{(\w+)\}", TEXTS[key].removeprefix("{")))
        given = set(re.findall(r"(?:^|[{,])\s*(\w+)(?=\s*(?:[:,]|$))", parameters.strip()))
        assert given == wanted, key


def test_plural_forms_are_those_of_english() -> None:
    plurals = [text for text in TEXTS.values() if text.startswith("{")]

    assert plurals
    for text in plurals:
        assert forms_in(text) == ["one", "other"]


def forms_in(text: str) -> list[str]:
    """Return the plural categories of a text."""
    return re.findall(r"\b(zero|one|two|few|many|other):\s*\"", text)


# Other languages
# ------------------------------------------------------------------------------
def test_every_language_has_both_files() -> None:
    found = {name for name in MODULES if modules.TEXTS.fullmatch(name)}

    assert found == {*FILES, *(other for others in FILES.values() for other in others)}


@pytest.mark.parametrize(("english", "other"), [(en, each) for en in FILES for each in FILES[en]])
def test_language_has_the_texts_of_english_in_their_order(english: str, other: str) -> None:
    wanted, found = list(texts_of(english)), list(texts_of(other))

    missing = [key for key in wanted if key not in found]
    assert not missing, (
        f"Translate these texts of {english} in {other} (German: du, short): {missing}"
    )
    unknown = [key for key in found if key not in wanted]
    assert not unknown, f"Remove from {other}, because {english} no longer has them: {unknown}"
    assert found == wanted, f"Sort {other} like {english}."


@pytest.mark.parametrize(("english", "other"), [(en, each) for en in FILES for each in FILES[en]])
def test_translation_has_the_parameters_and_plural_forms(english: str, other: str) -> None:
    for key, text in texts_of(other).items():
        original = texts_of(english).get(key, text)
        assert placeholders_in(text) == placeholders_in(original), key
        assert text.startswith("{") is original.startswith("{"), key
        if text.startswith("{"):
            assert forms_in(text) == PLURALS[other], key


def placeholders_in(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text.removeprefix("{")))


# A text that is the same in both languages is listed here, so that none is left untranslated by accident.
SAME = {
    "language.english",
    "language.german",
    "message.by",
    "message.spoken",
    "settings.version",
    "theme.system",
}


@pytest.mark.parametrize(("english", "other"), [(en, each) for en in FILES for each in FILES[en]])
def test_no_text_is_left_in_english(english: str, other: str) -> None:
    same = {key for key, text in texts_of(other).items() if texts_of(english).get(key) == text}

    assert same <= SAME, f"Translate in {other}, or add to SAME: {sorted(same - SAME)}"


@pytest.mark.parametrize("name", USERS)
def test_no_text_is_outside_its_file(name: str) -> None:
    assert literal_texts_in(name) == []


@pytest.mark.parametrize(
    "source",
    [
        "html`<p>Hello</p>`",
        "html`<p>${name} is here</p>`",
        "html`<p>${list.map((each) => html`<b>${each} or</b>`)}</p>`",
        'html`<a aria-label="Close"></a>`',
        'html`<input placeholder="Search by ${x}" />`',
        'toast("Sent again.")',
        "toast(`Sent again to ${email}.`)",
        'setTitle("Trainees")',
        'const LABEL = { sent: "Not sent" };',
    ],
)
def test_text_in_a_module_is_detected(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.web.test_texts.source_of", lambda name: source)

    assert literal_texts_in("any.js") != []
