"""All that a page loads before the user can write a message takes less than 84 KB, compressed."""

import gzip
from pathlib import Path

import pytest

from tests.web.pages import PATHS, links_in, open_page

pytestmark = pytest.mark.without_servers

BUDGET_BYTES = 84_000
# The size of each file's headers: status line, date, type, length, caching and encoding.
HEADERS_BYTES = 260


def first_load_of(path: str, folder: Path, suffix: str) -> list[int]:
    page = open_page(path, **{"accept-encoding": "gzip"})
    html = gzip.decompress(page.content).decode()
    links = {each for each in links_in(html) if each.endswith((".js", ".css"))}
    sizes = [(folder / f"{each.removeprefix('/static/')}{suffix}").stat().st_size for each in links]
    return [len(page.content), *sizes]


@pytest.mark.parametrize("suffix", [".br", ".gz"])
@pytest.mark.parametrize("path", PATHS)
def test_first_load_is_within_its_budget(path: str, suffix: str, hashed: Path) -> None:
    sizes = first_load_of(path, hashed, suffix)

    assert sum(sizes) < BUDGET_BYTES


@pytest.mark.parametrize("path", PATHS)
def test_first_load_is_within_its_budget_with_all_headers(path: str, hashed: Path) -> None:
    sizes = first_load_of(path, hashed, ".br")

    assert sum(sizes) + HEADERS_BYTES * len(sizes) < BUDGET_BYTES
