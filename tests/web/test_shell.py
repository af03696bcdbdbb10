"""The browser client's only page, and the paths at which it is served."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client as Browser

from tests.web.conftest import HASHED
from tests.web.pages import PATHS, links_in, open_page, source_of
from web.modules import FOLDER
from web.urls import PAGES

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize("path", PATHS)
def test_every_path_of_the_client_is_the_shell(path: str) -> None:
    page = open_page(path)

    assert (page.status_code, page["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<app-root></app-root>" in page.text
    assert page["cache-control"] == "no-cache"
    assert not page.cookies


def test_unknown_path_is_404_with_the_products_page() -> None:
    page = open_page("/nothing")

    assert page.status_code == 404
    assert "<app-root></app-root>" in page.text


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_path_is_a_plain_page_for_requests_that_cannot_show_ours(method: str) -> None:
    response: Any = Browser(enforce_csrf_checks=True).generic(method, "/nothing")

    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Page not found</h1>" in response.content.decode()


def test_default_icon_is_that_of_the_client(client: Browser) -> None:
    response = client.get("/favicon.ico")

    assert (response.status_code, response["location"]) == (302, "/static/web/icons/favicon.svg")


def test_page_allows_read_methods_only(client: Browser) -> None:
    assert client.post("/messages").status_code == 405
    assert client.head("/messages").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_every_file_that_a_page_refers_to_exists(path: str) -> None:
    links = links_in(open_page(path).text)

    files = [FOLDER / each.removeprefix("/static/web/") for each in links if "/static/" in each]
    assert len(files) > 10
    assert [each for each in links if "/static/" not in each] == ["/manifest.webmanifest"]
    assert [each for each in files if not each.is_file()] == []


def test_page_without_scripts_explains_why() -> None:
    assert "<noscript>" in open_page().text


def test_import_map_is_before_every_module() -> None:
    page = open_page().text

    assert page.index("importmap") < page.index("modulepreload") < page.index('type="module"')


def test_server_and_router_know_the_same_paths_and_screens() -> None:
    found = {path: screen_by_modules(path) for path in PATHS}

    assert found == dict(zip(PATHS, PAGES.values(), strict=True))
    assert len(routes_in_modules()) + 1 == len(
        PAGES
    )  # on the server, `/` and `/messages` are the same


def routes_in_modules() -> list[tuple[str, str]]:
    return re.findall(r'\["([\w-]+)", /(.+)/\],', source_of("core/routes.js"))


def screen_by_modules(path: str) -> str:
    """Return the name, without its folder, of the screen module that the router would load for `path`."""
    name = next(
        name
        for name, pattern in routes_in_modules()
        if re.search(pattern.replace("(?<", "(?P<"), path)
    )
    screens = source_of("ui/screens.js")
    loads = dict(
        re.findall(r'(\w+) = \["[\w-]+", \(\) => import\("../screens/(.+)\.js"\)', screens)
    )
    inline = r'"?%s"?: \["[\w-]+", \(\) => import\("../screens/(.+)\.js"\)'
    if own := re.search(inline % name, screens):
        return own[1]
    alias = re.search(rf'"?{name}"?: (\w+),', screens)
    return str(loads[alias[1] if alias else name])


def test_page_without_collected_files_names_the_remedy(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.BUNDLE_CLIENT = True
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}

    with pytest.raises(ImproperlyConfigured, match=r"manage\.py collectstatic"):
        open_page()


@pytest.mark.parametrize("path", PATHS)
def test_style_sheet_of_other_screens_is_linked_unless_messages_come_first(path: str) -> None:
    links = links_in(open_page(path).text)

    is_linked = "/static/web/styles/screens.css" in links
    assert is_linked is (screen_by_modules(path) != "messages")
