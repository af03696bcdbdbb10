"""The files that the service worker caches, and the detection of a new version."""

import re
from pathlib import Path

import pytest
from django.test import Client as Browser

from tests.web.pages import build_in, import_map_in, links_in, open_page
from web import assets, bundles, modules
from web.modules import FOLDER, list_files

pytestmark = pytest.mark.without_servers


def test_worker_caches_every_file_of_the_client(client: Browser) -> None:
    build = build_in(client.get("/sw.js"))

    names = [each.removeprefix("/static/web/") for each in build["files"]]
    assert names == list_files()
    assert [each for each in names if not (FOLDER / each).is_file()] == []
    assert (build["shell"], build["isHashed"]) == ("/", False)
    assert {build["icon"], build["badge"]} <= set(build["files"])


def test_worker_caches_the_names_that_pages_request(client: Browser, hashed: Path) -> None:
    build = build_in(client.get("/sw.js"))

    asked = {*links_in(open_page().text), *import_map_in(open_page()).values()}
    assert asked - set(build["files"]) == {"/manifest.webmanifest"}
    assert build["isHashed"] is True
    names = [re.sub(r"\.[0-9a-f]{12}\.", ".", each) for each in build["files"]]
    icons = [name for name in list_files() if name.startswith("icons/")]
    texts = [name for name in list_files() if modules.TEXTS.fullmatch(name)]
    assert names == [
        f"/static/web/{name}" for name in sorted([*bundles.NAMES, *icons, bundles.HEAD, *texts])
    ]
    assert all((hashed / each.removeprefix("/static/")).is_file() for each in build["files"])


def test_any_change_of_a_file_is_a_new_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = assets._version_of(list_files())
    copy = tmp_path / "web"
    for name in list_files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((FOLDER / name).read_bytes())
    monkeypatch.setattr(modules, "FOLDER", copy)
    monkeypatch.setattr(assets, "FOLDER", copy)

    unchanged = assets._version_of(list_files())
    with (copy / "app.js").open("a") as file:
        file.write("\n")

    assert unchanged == before
    assert assets._version_of(list_files()) != before


def test_worker_imports_nothing(client: Browser) -> None:
    source = client.get("/sw.js").text

    assert not re.search(r"\bimportScripts\b|^import\b|\bimport\(", source, re.MULTILINE)
