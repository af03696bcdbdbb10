"""
Bundles the client's modules and style sheets into a few small files, when static files are collected.

There are five scripts: what every page needs, the messages, the other screens, what every page loads as
soon as it is shown, and what it loads on demand. The texts of each language stay files of their own,
because a page needs one language only. In a script, each module is a function that returns its exports,
and runs when it is first imported. The modules may therefore import each other only at the top, without
cycles, and export only names that keep their values; a test checks this. Development uses the modules
themselves. See docs/adr/0032-few-and-small-responses.md.
"""

import re
from collections import Counter
from collections.abc import Mapping

from web.modules import (
    DYNAMIC_IMPORT,
    ENTRY,
    FOLDER,
    LATER_STYLE,
    LIBRARIES,
    MESSAGES,
    ON_DEMAND,
    SOON,
    TEXTS,
    Imports,
    list_imports,
    list_needed,
    list_styles,
    read_imports,
    resolve,
)

APP, MESSAGES_SCRIPT, REST = "bundles/app.js", "bundles/messages.js", "bundles/rest.js"
SOON_SCRIPT, LATER = "bundles/soon.js", "bundles/later.js"
APP_STYLE, REST_STYLE = "bundles/app.css", "bundles/rest.css"
SCRIPTS = (APP, MESSAGES_SCRIPT, REST, SOON_SCRIPT, LATER)
NAMES = (*SCRIPTS, APP_STYLE, REST_STYLE)
# A classic script, which runs before anything is drawn.
HEAD = "head.js"

IMPORT = re.compile(r'^import\s+(?:([^;"]*?)\s+from\s+)?"([^"]+)";', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|class|(?:async )?function\*?) (\w+))", re.MULTILINE)
EXPORT_LIST = re.compile(r"\bexport\s*\{([^{}]*)\};?\s*$", re.MULTILINE)
# A statement outside functions, which are indented.
AWAIT = re.compile(r"^(?!.*\basync\b)(?!//)(?=\S).*\bawait\b", re.MULTILINE)
DROPPED = re.compile(
    r"^[ \t]*(?://[^\n]*\n|/\*(?:(?!\*/).)*\*/[ \t]*\n|\n)|^[ \t]+", re.MULTILINE | re.DOTALL
)
# `modules` has the functions by number, and `made` what they have returned.
REGISTRY = """
const modules = [], made = [];
export const load = (number) => (made[number] ??= modules[number]());
export const define = (more) => Object.assign(modules, more);
export const prepare = async (number) => { made[number] = await modules[number](); };
"""
USE_REGISTRY = 'import { define, load, prepare } from "./app.js";\n'
LICENCES = (
    "/*! Contains lit (BSD-3-Clause) and idb (ISC): see web/vendor/LICENSES in static files. */\n"
)

Groups = Mapping[str, list[str]]
"""{script: its modules}"""


def group_modules(imports: Imports) -> dict[str, list[str]]:
    """
    Return the modules of each script.

    What the messages load late is in their script, because a request costs more than a few KB. Only what
    SOON and ON_DEMAND name has scripts of its own. A module that two scripts need is in the first script,
    so that no page loads all of them.
    """
    modules = [name for name in imports if not is_alone(name)]
    first = list_needed([ENTRY], imports)
    late = {name: _list_late(name) for name in modules}
    own = [name for name in list_needed([MESSAGES], imports) if name not in first]
    opened = [each for name in own for each in late[name] if not each.startswith(SOON + ON_DEMAND)]
    messages = list_needed([*own, *opened], imports)
    screens = [each for name in modules for each in late[name] if each not in messages]
    needed = [
        messages,
        list_needed([each for each in screens if not each.startswith(SOON + ON_DEMAND)], imports),
        list_needed([name for name in modules if name.startswith(SOON)], imports),
        list_needed([name for name in modules if name.startswith(ON_DEMAND)], imports),
    ]
    count = Counter(name for names in needed for name in names)
    first += [name for name in count if count[name] > 1 and name not in first]
    groups = [[name for name in names if name not in first] for names in needed]
    return dict(zip(SCRIPTS, [first, *groups], strict=True))


def _list_late(name: str) -> list[str]:
    """Return the modules in bundles that a module imports on demand."""
    return [each for each in list_imports(name, DYNAMIC_IMPORT) if not is_alone(each)]


def is_alone(name: str) -> bool:
    """Return whether a script is in no bundle."""
    return name == HEAD or TEXTS.fullmatch(name) is not None


def list_bundled() -> set[str]:
    """Return the names of the source files that bundles replace."""
    imports = read_imports()
    scripts = {name for name in imports if not is_alone(name)}
    return {*scripts, *list_styles(ENTRY)}


def list_scripts(screen: str) -> list[str]:
    """Return the scripts to load in a page that opens on this screen."""
    return [APP, MESSAGES_SCRIPT if screen == MESSAGES else REST]


def list_bundled_styles(screen: str) -> list[str]:
    """Return the style sheets to link in a page that opens on this screen."""
    return [APP_STYLE] if screen == MESSAGES else [APP_STYLE, REST_STYLE]


def build() -> dict[str, str]:
    """Return {name: content} of all bundles."""
    groups = group_modules(read_imports())
    scripts = {name: _link(name, groups) for name in groups}
    first = "".join((FOLDER / name).read_text() for name in list_styles(MESSAGES))
    rest = (FOLDER / LATER_STYLE).read_text()
    styles = {APP_STYLE: _squeeze_style(first), REST_STYLE: _squeeze_style(rest)}
    scripts[APP] = LICENCES + scripts[APP]
    return scripts | styles


def _link(script: str, groups: Groups) -> str:
    """Return the source of a script."""
    scripts = {name: script for script, names in groups.items() for name in names}
    numbers = {name: str(at) for at, name in enumerate(sorted(scripts))}
    functions = "".join(_wrap(name, numbers, scripts) for name in groups[script])
    awaiting = [name for name in groups[script] if AWAIT.search((FOLDER / name).read_text())]
    prepared = "".join(f"await prepare({numbers[name]});\n" for name in awaiting)
    head, tail = (REGISTRY, f"load({numbers[ENTRY]});\n") if script == APP else (USE_REGISTRY, "")
    return f"{head}define({{\n{functions}}});\n{prepared}{tail}"


def _wrap(name: str, numbers: Mapping[str, str], scripts: Mapping[str, str]) -> str:
    """Return the function that a module becomes, with its number."""

    def rewrite_import(found: re.Match[str]) -> str:
        names, specifier = found.groups()
        loaded = f"load({numbers[resolve(name, specifier)]});"
        return f"const {_as_pattern(names)} = {loaded}" if names else loaded

    def rewrite_dynamic(found: re.Match[str]) -> str:
        target = resolve(name, found[1])
        if is_alone(target):
            return f'import("../{target}")'
        file = scripts[target].removeprefix("bundles/")
        return f'import("./{file}").then(() => load({numbers[target]}))'

    source = (FOLDER / name).read_text()
    is_async = "async " if AWAIT.search(source) else ""
    exports = list_exports(source)
    for pattern, replacement in ((IMPORT, rewrite_import), (DYNAMIC_IMPORT, rewrite_dynamic)):
        source = pattern.sub(replacement, source)
    source = EXPORT_LIST.sub("", EXPORT.sub("", source))
    # The libraries are minified, and may have templates with spaces that matter.
    source = source if name in LIBRARIES.values() else _squeeze(source)
    pairs = ", ".join(f"{public}: {local}" for public, local in exports.items())
    return f"{numbers[name]}: {is_async}() => {{\n{source}\nreturn {{ {pairs} }};\n}},\n"


def _as_pattern(names: str) -> str:
    """Return the destructuring pattern for the names of an import: `* as x`, or a list in braces."""
    return re.sub(r"^\* as ", "", names) if names.startswith("*") else names.replace(" as ", ": ")


def list_exports(source: str) -> dict[str, str]:
    """Return {exported name: local name} of a module."""
    exports = {name: name for name in EXPORT.findall(source)}
    for names in EXPORT_LIST.findall(source):
        for pair in filter(None, map(str.strip, names.split(","))):
            local, _, public = pair.partition(" as ")
            exports[public or local] = local
    return exports


def _squeeze_style(source: str) -> str:
    """Remove what `_squeeze` does, and spaces around braces, semicolons and the names of properties."""
    lines = re.sub(r"^([\w-]+): ", r"\1:", _squeeze(source), flags=re.MULTILINE)
    return re.sub(r"\s*([{};])\s*", r"\1", lines).replace(";}", "}")


def _squeeze(source: str) -> str:
    """Remove the comments that have lines of their own, empty lines, and indentation."""
    return DROPPED.sub("", source)
