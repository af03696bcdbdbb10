"""
The files of the browser client, and the links to them in its pages.

There is no build step, so no tool rewrites imports. Modules import each other by relative path, and
libraries by name. In production an import map resolves both to file names that contain a hash of the
content. See docs/adr/0011-an-import-map-instead-of-a-build.md.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

FOLDER = Path(__file__).parent / "static" / "web"
TEMPLATES = Path(__file__).parent / "templates" / "web"
LIBRARIES = {"lit": "vendor/lit.js", "idb": "vendor/idb.js"}
ENTRY = "app.js"
# In cascade order.
STYLES = ("tokens", "base", "layout", "controls", "messages", "screens")
MESSAGES = "screens/messages.js"
# If the first screen is MESSAGES, the page does not link this style sheet: ui/screens.js loads it later.
LATER_STYLE = "styles/screens.css"
SCREEN = re.compile(r"screens/[\w-]+\.js")
SERVED = frozenset({".css", ".js", ".png", ".svg"})

# `import x from "y";`, `import "y";` and `export ... from "y";`, which may span several lines.
STATIC_IMPORT = re.compile(r'^(?:import|export)\b(?:[^;"]*?\bfrom)?\s*"([^"]+)"', re.MULTILINE)
DYNAMIC_IMPORT = re.compile(r'\bimport\(\s*"([^"]+)"\s*\)')


@dataclass(frozen=True)
class Build:
    """A version of the client and its URLs; `preloads` and `styles` list the URLs for each screen."""

    version: str
    entry: str
    import_map: str
    preloads: dict[str, list[str]]
    styles: dict[str, list[str]]
    files: list[str]

    @property
    def is_hashed(self) -> bool:
        """Return whether URLs contain a hash of the content."""
        return self.entry != _plain_url(ENTRY)


def current_build() -> Build:
    """Return the current build. In development it is read again for each request."""
    return _read_build() if settings.DEBUG else _cached_build()


def describe_worker(build: Build) -> dict[str, Any]:
    """Return the constants of the service worker."""
    return {
        "version": build.version,
        "shell": "/",
        "files": build.files,
        "icon": _url("icons/icon-192.png"),
        "badge": _url("icons/badge-96.png"),
        "isHashed": build.is_hashed,
    }


def list_files() -> list[str]:
    """Return the names of all served files, relative to `FOLDER`."""
    found = (path for path in FOLDER.rglob("*") if path.suffix in SERVED)
    return sorted(path.relative_to(FOLDER).as_posix() for path in found)


def list_modules(screen: str, imports: Mapping[str, list[str]]) -> list[str]:
    """Return the names of all modules to load in a page that opens on this screen."""
    found: dict[str, None] = {}
    waiting = [ENTRY, screen]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += imports[name]
    return list(found)


def list_styles(screen: str) -> list[str]:
    """Return the names of the style sheets to link in a page that opens on this screen."""
    names = [f"styles/{name}.css" for name in STYLES]
    return [name for name in names if screen != MESSAGES or name != LATER_STYLE]


def read_imports() -> dict[str, list[str]]:
    """Return {module: the modules it imports}, to find all modules that a page must load."""
    return {name: list_imports(name) for name in list_files() if name.endswith(".js")}


def list_imports(name: str, pattern: re.Pattern[str] = STATIC_IMPORT) -> list[str]:
    """
    Return the names of the modules that a module imports.

    The default pattern finds only static imports, and DYNAMIC_IMPORT only dynamic ones.
    """
    source = (FOLDER / name).read_text()
    return [_resolve(name, specifier) for specifier in pattern.findall(source)]


def _resolve(name: str, specifier: str) -> str:
    if not specifier.startswith("."):
        return LIBRARIES[specifier]
    return (FOLDER / name).parent.joinpath(specifier).resolve().relative_to(FOLDER).as_posix()


@cache
def _cached_build() -> Build:
    return _read_build()


def _read_build() -> Build:
    names = list_files()
    imports = read_imports()
    screens = [name for name in imports if SCREEN.fullmatch(name)]
    return Build(
        version=_version_of(names),
        entry=_url(ENTRY),
        import_map=json.dumps({"imports": _imports(names)}, separators=(",", ":")),
        preloads={each: _urls(list_modules(each, imports)) for each in screens},
        styles={each: _urls(list_styles(each)) for each in screens},
        files=_urls(names),
    )


def _imports(names: Iterable[str]) -> dict[str, str]:
    """Return the import map. It maps library names to URLs, and plain URLs to hashed URLs, if any."""
    imports = {name: _url(path) for name, path in LIBRARIES.items()}
    loaded = [name for name in names if name.endswith(".js") or name == LATER_STYLE]
    urls = {_plain_url(name): _url(name) for name in loaded}
    return imports | {plain: url for plain, url in urls.items() if plain != url}


def _version_of(names: Iterable[str]) -> str:
    digest = hashlib.sha256(settings.VERSION.encode())
    for path in [*sorted(TEMPLATES.iterdir()), *(FOLDER / name for name in names)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _urls(names: Iterable[str]) -> list[str]:
    return [_url(name) for name in names]


def _url(name: str) -> str:
    try:
        return static(f"web/{name}")
    except ValueError as error:
        raise ImproperlyConfigured(f"{error} Run `manage.py collectstatic`.") from error


def _plain_url(name: str) -> str:
    return f"{settings.STATIC_URL}web/{name}"
