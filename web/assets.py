"""
The files of the browser client, and the links to them in its pages.

In development, pages link the modules themselves. In production they link bundles (web/bundles.py),
whose names contain a hash of the content. An import map resolves the names that scripts use to these.
See docs/adr/0011-an-import-map-instead-of-a-build.md.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from web import bundles, modules
from web.modules import ENTRY, FOLDER

TEMPLATES = Path(__file__).parent / "templates" / "web"
# The name by which ui/screens.js finds the style sheet that it loads later.
LATER_STYLE = "screens.css"


@dataclass(frozen=True)
class Build:
    """
    A version of the client and its URLs.

    `preloads` and `styles` list the URLs for each screen, and `texts` for each language and screen.
    """

    version: str
    entry: str
    import_map: str
    preloads: dict[str, list[str]]
    styles: dict[str, list[str]]
    texts: dict[str, dict[str, list[str]]]
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


@cache
def _cached_build() -> Build:
    return _read_build()


def _read_build() -> Build:
    """Describe the bundles, or in development the source files."""
    imports = modules.read_imports()
    screens = modules.list_screens(imports)
    if settings.BUNDLE_CLIENT:
        scripts = {each: bundles.list_scripts(each) for each in screens}
        styles = {each: bundles.list_bundled_styles(each) for each in screens}
        return _describe(_list_served(), bundles.APP, scripts, styles, bundles.REST_STYLE)
    scripts = {each: modules.list_needed([ENTRY, each], imports) for each in screens}
    styles = {each: modules.list_styles(each) for each in screens}
    return _describe(modules.list_files(), ENTRY, scripts, styles, modules.LATER_STYLE)


def _list_served() -> list[str]:
    """Return the names of all files that browsers can request in production."""
    return [*bundles.NAMES, *(set(modules.list_files()) - bundles.list_bundled())]


def _describe(
    names: Iterable[str],
    entry: str,
    scripts: dict[str, list[str]],
    styles: dict[str, list[str]],
    later_style: str,
) -> Build:
    files = sorted(names)
    imports = _imports(files) | {LATER_STYLE: _url(later_style)}
    graph = modules.read_imports()
    return Build(
        version=_version_of(files),
        entry=_url(entry),
        import_map=json.dumps({"imports": imports}, separators=(",", ":")),
        preloads={screen: _urls(needed) for screen, needed in scripts.items()},
        styles={screen: _urls(linked) for screen, linked in styles.items()},
        texts={
            language: {
                screen: _urls(modules.list_texts(language, screen, graph)) for screen in scripts
            }
            for language in modules.list_languages()
        },
        files=_urls(files),
    )


def _imports(names: Iterable[str]) -> dict[str, str]:
    """Return the import map. It maps library names to URLs, and plain URLs to hashed URLs, if any."""
    libraries = {} if settings.BUNDLE_CLIENT else modules.LIBRARIES
    imports = {name: _url(path) for name, path in libraries.items()}
    urls = {_plain_url(name): _url(name) for name in names if name.endswith(".js")}
    return imports | {plain: url for plain, url in urls.items() if plain != url}


def _version_of(names: Iterable[str]) -> str:
    """Hash the sources, and the URLs: a change of the linker changes the bundles alone."""
    digest = hashlib.sha256(" ".join([settings.VERSION, *_urls(names)]).encode())
    sources = (FOLDER / name for name in modules.list_files())
    for path in [*sorted(TEMPLATES.iterdir()), *sources]:
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
