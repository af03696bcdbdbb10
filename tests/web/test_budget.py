"""All that a page loads before the user can write a message takes less than 84 KB, compressed."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.web.pages import PATHS, links_in, open_page
from web.modules import TEXTS, list_languages

pytestmark = [
    pytest.mark.without_servers,
    pytest.mark.parametrize("language", list_languages()),
    pytest.mark.parametrize("path", PATHS),
]

BUDGET_BYTES = 84_000
# The size of each file's headers: status line, date, type, length, caching and encoding.
HEADERS_BYTES = 260


def open_compressed(path: str, language: str) -> Any:
    return open_page(path, **{"accept-encoding": "gzip", "accept-language": language})


def first_load_of(path: str, language: str, folder: Path, suffix: str) -> list[int]:
    page = open_compressed(path, language)
    html = gzip.decompress(page.content).decode()
    links = {each for each in links_in(html) if each.endswith((".js", ".css"))}
    sizes = [(folder / f"{each.removeprefix('/static/')}{suffix}").stat().st_size for each in links]
    return [len(page.content), *sizes]


@pytest.mark.parametrize("suffix", [".br", ".gz"])
def test_first_load_is_within_its_budget(
    path: str, language: str, suffix: str, hashed: Path
) -> None:
    sizes = first_load_of(path, language, hashed, suffix)

    assert sum(sizes) < BUDGET_BYTES


def test_first_load_is_within_its_budget_with_all_headers(
    path: str, language: str, hashed: Path
) -> None:
    sizes = first_load_of(path, language, hashed, ".br")

    assert sum(sizes) + HEADERS_BYTES * len(sizes) < BUDGET_BYTES


def test_page_links_the_texts_of_its_language_only(path: str, language: str) -> None:
    page = gzip.decompress(open_compressed(path, language).content).decode()

    linked = [each.removeprefix("/static/web/") for each in links_in(page)]
    texts = [found for each in linked if (found := TEXTS.fullmatch(each))]
    assert {found[1] for found in texts} == {language}
