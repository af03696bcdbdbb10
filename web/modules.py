"""
The source files of the browser client, and which module imports which.

Modules import each other by relative path, and libraries by name.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "web"
LIBRARIES = {"lit": "vendor/lit.js", "idb": "vendor/idb.js"}
ENTRY = "app.js"
MESSAGES = "screens/messages.js"
# Modules that every page loads as soon as it is shown, by the start of their names.
SOON = (
    "core/language.js",
    "core/stored-accounts.js",
    "core/unsaved-rows.js",
    "core/updates.js",
    "core/worker-messages.js",
    "ui/app-toast.js",
    "ui/sign-out.js",
)
# Modules that no page needs before it is shown, and only those with messages need at all.
ON_DEMAND = (
    "core/change-endpoints.js",
    "core/email-endpoints.js",
    "live/change-sender.js",
    "live/deletion-watch.js",
    "live/deletions.js",
    "live/new-thread.js",
    "live/offer/",
    "live/own-trainer.js",
    "live/photos/",
    "live/thread-news.js",
    "screens/messages/actions/",
    "screens/messages/announcer.js",
    "screens/messages/copying.js",
    "screens/messages/offer/",
    "screens/messages/photos/",
    "screens/messages/scrolling-mark.js",
    "screens/search/",
    "screens/settings/square-picture.js",
    "screens/settings/unread-emails.js",
    "text/linkify.js",
    "ui/offer-trigger.js",
)
# In cascade order.
STYLES = ("tokens", "base", "layout", "controls", "messages", "screens")
# If the first screen is MESSAGES, the page does not link this style sheet: ui/screens.js loads it later.
LATER_STYLE = "styles/screens.css"
# The texts of a language: those of the first load, and those of the screens that are rarely opened first.
TEXTS = re.compile(r"text/([a-z]{2})(-later)?\.js")
LATER_TEXTS = "text/later.js"
SCREEN = re.compile(r"screens/[\w-]+\.js")
SERVED = frozenset({".css", ".js", ".png", ".svg"})

# `import x from "y";`, `import "y";` and `export ... from "y";`, which may span several lines.
STATIC_IMPORT = re.compile(r'^(?:import|export)\b(?:[^;"]*?\bfrom)?\s*"([^"]+)"', re.MULTILINE)
DYNAMIC_IMPORT = re.compile(r'\bimport\(\s*"([^"]+)"\s*\)')

Imports = Mapping[str, list[str]]
"""{module: the modules that it imports}"""


def list_files() -> list[str]:
    """Return the names of all files that browsers can request, relative to `FOLDER`."""
    found = (path for path in FOLDER.rglob("*") if path.suffix in SERVED)
    return sorted(path.relative_to(FOLDER).as_posix() for path in found)


def read_imports() -> dict[str, list[str]]:
    """Return the static imports of all modules."""
    return {name: list_imports(name) for name in list_files() if name.endswith(".js")}


def list_imports(name: str, pattern: re.Pattern[str] = STATIC_IMPORT) -> list[str]:
    """
    Return the names of the modules that a module imports.

    The default pattern finds only static imports, and DYNAMIC_IMPORT only dynamic ones.
    """
    source = (FOLDER / name).read_text()
    return [resolve(name, specifier) for specifier in pattern.findall(source)]


def resolve(name: str, specifier: str) -> str:
    """Return the name of the module that `specifier` means in the module `name`."""
    if not specifier.startswith("."):
        return LIBRARIES[specifier]
    return (FOLDER / name).parent.joinpath(specifier).resolve().relative_to(FOLDER).as_posix()


def list_needed(names: Iterable[str], imports: Imports) -> list[str]:
    """Return the modules, and all modules that they need before they can run."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += imports[name]
    return list(found)


def list_screens(imports: Imports) -> list[str]:
    """Return the modules of the screens, one of which each page opens with."""
    return [name for name in imports if SCREEN.fullmatch(name)]


def list_languages() -> list[str]:
    """Return the codes of the languages that the client has texts for."""
    return sorted({found[1] for name in list_files() if (found := TEXTS.fullmatch(name))})


def list_texts(language: str, screen: str, imports: Imports) -> list[str]:
    """Return the modules with the texts that a page needs, if it opens on this screen in this language."""
    needs_later = LATER_TEXTS in list_needed([screen], imports)
    return [f"text/{language}.js", *([f"text/{language}-later.js"] if needs_later else [])]


def list_styles(screen: str) -> list[str]:
    """Return the names of the style sheets to link in a page that opens on this screen."""
    names = [f"styles/{name}.css" for name in STYLES]
    return [name for name in names if screen != MESSAGES or name != LATER_STYLE]
