"""Parses the browser client's pages and modules for tests."""

import json
import re
from typing import Any

from django.test import Client

from web.modules import DYNAMIC_IMPORT, FOLDER, STATIC_IMPORT, list_files
from web.urls import PAGES

PATHS = ["/" + page.replace("<id:id>", "7") for page in PAGES]
MODULES = [name for name in list_files() if name.endswith(".js") and not name.startswith("vendor/")]


def open_page(path: str = "/messages", **headers: str) -> Any:
    return Client().get(path, headers={"accept": "text/html", **headers})


def import_map_in(page: Any) -> dict[str, str]:
    """Return the entries of a page's import map."""
    (source,) = re.findall(r'<script type="importmap"[^>]*>(.*?)</script>', page.text)
    imports: dict[str, str] = json.loads(source)["imports"]
    return imports


def links_in(page: str) -> list[str]:
    """Return every URL that a page refers to."""
    return re.findall(r'(?:src|href)="([^"]+)"', page)


def source_of(name: str) -> str:
    return (FOLDER / name).read_text()


def specifiers_in(name: str) -> list[str]:
    """Return the specifiers that a module imports, statically or on demand, as written."""
    source = source_of(name)
    return [*STATIC_IMPORT.findall(source), *DYNAMIC_IMPORT.findall(source)]


def build_in(worker: Any) -> dict[str, Any]:
    """Return the build that the service worker's script contains."""
    (source,) = re.findall(r"^const BUILD = (.*);$", worker.text, re.MULTILINE)
    build: dict[str, Any] = json.loads(source)
    return build
