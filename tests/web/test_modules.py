"""The source of the modules: complete, small, and unable to execute user input."""

import re
from pathlib import Path

import pytest

from tests.web.pages import MODULES, import_map_in, links_in, open_page, source_of, specifiers_in
from web.modules import FOLDER, LIBRARIES, TEXTS, list_files

pytestmark = pytest.mark.without_servers

# APIs that create HTML, code or styles from text.
FORBIDDEN = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|unsafeSVG|unsafeCSS|createContextualFragment"
    r"|setHTMLUnsafe|srcdoc|DOMParser|document\.write|eval|new Function|execCommand)\b|\sstyle=|javascript:"
)


def target_of(name: str, specifier: str) -> str:
    if specifier in LIBRARIES:
        return LIBRARIES[specifier]
    return str(Path(FOLDER / name).parent.joinpath(specifier).resolve().relative_to(FOLDER))


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_existing_files(name: str) -> None:
    specifiers = specifiers_in(name)

    written = re.findall(r'\bfrom "|\bimport\(|^import "', source_of(name), re.MULTILINE)
    assert len(specifiers) == len(written)  # otherwise, web.modules would miss an import
    assert [each for each in specifiers if not (FOLDER / target_of(name, each)).is_file()] == []


# A language file may be longer: it is a table, with a row for each text.
@pytest.mark.parametrize("name", [each for each in MODULES if not TEXTS.fullmatch(each)])
def test_module_is_small(name: str) -> None:
    assert len(source_of(name).splitlines()) < 200


@pytest.mark.parametrize("name", MODULES)
def test_no_module_creates_html_or_code_from_text(name: str) -> None:
    assert FORBIDDEN.findall(source_of(name)) == []


def test_every_module_is_reached_from_the_entry() -> None:
    reached, waiting = set(), ["app.js"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            ours = name in MODULES
            waiting += [target_of(name, each) for each in specifiers_in(name)] if ours else []

    assert {*MODULES, *LIBRARIES.values()} - reached == {"head.js"}  # a classic script


def test_import_map_has_only_names_of_libraries_and_styles_in_development() -> None:
    named = {**LIBRARIES, "screens.css": "styles/screens.css"}
    assert import_map_in(open_page()) == {
        name: f"/static/web/{path}" for name, path in named.items()
    }


def test_page_refers_to_hashed_files_only(hashed: Path) -> None:
    links = [each for each in links_in(open_page().text) if each.startswith("/static/")]

    assert [each for each in links if not re.search(r"\.[0-9a-f]{12}\.\w+$", each)] == []
    assert [each for each in links if not (hashed / each.removeprefix("/static/")).is_file()] == []


def test_libraries_include_their_licences_and_versions() -> None:
    versions = (FOLDER / "vendor" / "VERSIONS").read_text()
    licences = (FOLDER / "vendor" / "LICENSES").read_text()

    assert re.search(r"^lit@\d", versions, re.MULTILINE)
    assert re.search(r"^idb@\d", versions, re.MULTILINE)
    assert "BSD 3-Clause License" in licences
    assert "ISC License" in licences
    assert [each for each in list_files() if each.startswith("vendor/")] == sorted(
        LIBRARIES.values()
    )
