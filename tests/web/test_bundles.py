"""The scripts and style sheets that collectstatic makes for production."""

import re
import subprocess
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finder

from tests.js.__main__ import NODE
from tests.web.javascript import parse
from tests.web.pages import MODULES, PATHS, import_map_in, links_in, open_page, source_of
from tests.web.test_old_browsers import declarations_in
from web import bundles, modules

pytestmark = pytest.mark.without_servers

# `{ a, b as c }` of an import.
NAMED = re.compile(r'^import \{([^}]*)\} from "([^"]+)";', re.MULTILINE)


# Besides the pages with messages.
WITHOUT_LATER_TEXTS = {"/sign-in"}
LATER = ["text/en", "text/en-later"]
TEXTS = [name for name in MODULES if modules.TEXTS.fullmatch(name)]


def scripts_in(path: str) -> set[str]:
    return {each for each in links_in(open_page(path).text) if each.endswith(".js")}


@pytest.mark.parametrize("path", PATHS)
def test_page_loads_two_scripts_besides_head_and_texts_and_at_most_two_style_sheets(
    path: str, hashed: Path
) -> None:
    names = [re.sub(r"\.[0-9a-f]{12}", "", each) for each in links_in(open_page(path).text)]

    second = "messages" if path.startswith("/messages") or path == "/" else "rest"
    scripts = {each for each in names if each.endswith(".js")}
    texts = ["text/en"] if second == "messages" or path in WITHOUT_LATER_TEXTS else LATER
    assert scripts == {
        f"/static/web/{name}.js" for name in ("head", "bundles/app", f"bundles/{second}", *texts)
    }
    styles = [each for each in names if each.endswith(".css")]
    assert styles == [
        f"/static/web/bundles/{name}.css"
        for name in (("app",) if second == "messages" else ("app", "rest"))
    ]


def test_import_map_resolves_what_scripts_import_to_hashed_files(hashed: Path) -> None:
    imports = import_map_in(open_page())

    assert set(imports) == {
        f"/static/web/{name}" for name in bundles.NAMES if name[-3:] == ".js"
    } | {
        "/static/web/head.js",
        "screens.css",
        *(f"/static/web/{name}" for name in TEXTS),
    }
    for url in imports.values():
        assert re.fullmatch(r"/static/web/[\w/-]+\.[0-9a-f]{12}\.(js|css)", url)
        assert (hashed / url.removeprefix("/static/")).is_file()
    loaded = [
        specifier for script in imports.values() for specifier in specifiers_of(hashed, script)
    ]
    assert {f"/static/web/bundles/{each.removeprefix('./')}" for each in loaded} == {
        *(f"/static/web/{name}" for name in bundles.NAMES if name[-3:] == ".js"),
        *(f"/static/web/bundles/../{name}" for name in TEXTS),
    }


def specifiers_of(folder: Path, url: str) -> list[str]:
    source = (folder / url.removeprefix("/static/")).read_text()
    return re.findall(r'(?:\bfrom |\bimport\()"([^"]+)"', source)


def test_collected_files_are_bundles_and_not_their_sources(hashed: Path) -> None:
    names = {path.relative_to(hashed / "web").as_posix() for path in hashed.glob("web/**/*.*")}
    plain = {re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in names}

    scripts = {name for name in plain if name.endswith((".js", ".css"))}
    assert scripts == {*bundles.NAMES, bundles.HEAD, *TEXTS}
    assert all((hashed / "web" / f"{name}.br").is_file() for name in names if name[-3:] == ".js")


def test_without_bundles_the_finder_lists_the_source_files() -> None:
    found = {path for path, _ in get_finder("web.finders.ClientFinder").list([])}

    assert {f"web/{name}" for name in modules.list_files()} <= found
    assert not any("web/bundles/" in path for path in found)


def test_each_module_is_in_one_script() -> None:
    groups = bundles.group_modules(modules.read_imports())

    bundled = sorted(name for names in groups.values() for name in names)
    assert bundled == sorted({*MODULES, *modules.LIBRARIES.values()} - {bundles.HEAD, *TEXTS})


def test_no_script_needs_a_module_of_another_but_the_first() -> None:
    imports = modules.read_imports()
    groups = bundles.group_modules(imports)

    for names in groups.values():
        needed = {each for name in names for each in imports[name]}
        assert needed <= {*names, *groups[bundles.APP]}


# What the linker relies on
# ------------------------------------------------------------------------------
def test_modules_import_each_other_without_cycles() -> None:
    imports = modules.read_imports()
    free: set[str] = set()
    while ready := {name for name, used in imports.items() if free.issuperset(used)} - free:
        free |= ready

    assert set(imports) - free == set()


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_and_exports_as_the_linker_expects(name: str) -> None:
    source = source_of(name)

    statements = re.findall(r"^(?:import|export)\b(?!\()", source, re.MULTILINE)
    known = [*bundles.IMPORT.findall(source), *bundles.EXPORT.findall(source)]
    assert len(statements) == len(known) + len(bundles.EXPORT_LIST.findall(source))
    exported = bundles.list_exports(source).values()
    assert not re.search(rf"^let ({'|'.join(exported) or '-'})\b", source, re.MULTILINE)
    for names, specifier in NAMED.findall(source):
        target = (modules.FOLDER / modules.resolve(name, specifier)).read_text()
        imported = {each.split(" as ")[0].strip() for each in names.split(",")} - {""}
        assert imported <= set(bundles.list_exports(target))


@pytest.mark.parametrize("name", MODULES)
def test_function_that_imports_does_not_hide_the_load_of_the_linker(name: str) -> None:
    assert re.findall(r"\bload = [^;]*\bimport\(", source_of(name)) == []


@pytest.mark.parametrize("name", MODULES)
def test_squeezed_module_has_the_same_code_and_texts(name: str) -> None:
    before, after = (parse(each) for each in (source_of(name), bundles._squeeze(source_of(name))))

    assert after.code.split() == before.code.split()
    assert after.strings == before.strings
    assert after.templates == [unindent(each) for each in before.templates]
    assert after.html == [unindent(each) for each in before.html]


def unindent(template: str) -> str:
    return re.sub(r"\n\s*", "\n", template)


SOURCES = {
    "app.js": 'import "./a.js";\nimport * as all from "./a.js";\nimport { x as y } from "./b.js";\n'
    'console.log("app", all.one(), y);\nimport("./late.js").then(({ late }) => console.log(late));\n',
    "a.js": "export function one() {\n  return 1;\n}\nexport class Two {}\n",
    "b.js": 'const x = await Promise.resolve("// no comment");\nconsole.log("b");\nexport { x };\n',
    "c.js": 'await Promise.resolve();\nconsole.log("c");\n',
    "late.js": 'import { one } from "./a.js";\nimport "./c.js";\nimport("./live/photos/seldom.js");\n'
    'import("./ui/app-toast.js");\n'
    "export const late = `late ${one()}`;\n",
    "live/photos/seldom.js": 'import { shared } from "../../shared.js";\n'
    'import "./part.js";\nconsole.log(shared);\n',
    "live/photos/part.js": 'console.log("part");\n',
    "shared.js": 'export const shared = "seldom";\n',
    "ui/app-toast.js": 'console.log("soon");\n',
    "screens/messages.js": 'import { Two as Other } from "../a.js";\n'
    'import { shared } from "../shared.js";\nnew Other(shared);\n'
    'import("../live/photos/seldom.js");\n',
}


def test_linked_modules_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    for module in (modules, bundles):
        monkeypatch.setattr(module, "FOLDER", tmp_path)
    groups = bundles.group_modules(modules.read_imports())

    assert groups == {
        bundles.APP: ["app.js", "a.js", "b.js", "shared.js"],
        bundles.MESSAGES_SCRIPT: ["screens/messages.js"],
        bundles.REST: ["late.js", "c.js"],
        bundles.SOON_SCRIPT: ["ui/app-toast.js"],
        bundles.LATER: ["live/photos/part.js", "live/photos/seldom.js"],
    }
    for script in groups:
        linked = bundles._link(script, groups)
        (tmp_path / script).parent.mkdir(exist_ok=True)
        (tmp_path / script).with_suffix(".mjs").write_text(linked.replace(".js", ".mjs"))

    shown = ["b", "app 1 // no comment", "c", "late 1", "part", "seldom", "soon"]
    assert run_in_node(tmp_path / "bundles" / "app.mjs") == shown


def run_in_node(path: Path) -> list[str]:
    command = [NODE, path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_bundled_styles_have_every_declaration_in_its_order() -> None:
    built = bundles.build()
    sources = {
        bundles.APP_STYLE: modules.list_styles(modules.MESSAGES),
        bundles.REST_STYLE: [modules.LATER_STYLE],
    }

    for bundle, names in sources.items():
        written = [each for name in names for each in declarations_in(source_of(name))]
        assert declarations_in(built[bundle]) == written
