"""Names in the docs exist in the code: settings, close codes, files, folders, commands, log lines."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from live.close_codes import CloseCode

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
# For each page, the folders besides the root that its paths may be relative to.
FOLDERS = {"docs/security.md": ["tests"], "docs/web.md": ["web", "web/static/web"]}
SOURCES = "py|js|mjs|html|sh|lua|css|yml|yaml|toml|json"


def read(page: str) -> str:
    return (ROOT / page).read_text()


def first_cells(page: str) -> set[str]:
    """Return the backquoted names in the first column of a page's tables."""
    rows = re.findall(r"^\| (.*?) \|", read(page), re.MULTILINE)
    return {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}


def test_deployment_page_lists_every_variable_of_the_example() -> None:
    variables = set(re.findall(r"^#([A-Z_]+)=", read(".env.example"), re.MULTILINE))

    assert variables - first_cells("docs/deployment.md") == set()


@pytest.mark.parametrize(
    "name",
    ["SOCKETS_PER_USER", "SOCKET_FRAME_BURST", "SOCKET_PENDING_FRAMES", "SOCKET_REPLAY_LIMIT"],
)
def test_deployment_page_names_the_default_of_a_limit(name: str) -> None:
    rows = re.findall(rf"^\| `{name}` \| `?(\d+)`? \|", read("docs/deployment.md"), re.MULTILINE)

    assert rows == [str(getattr(settings, name))]


def test_protocol_page_explains_every_close_code() -> None:
    explained = set(re.findall(r"^\| (\d{4}) \|", read("docs/protocol.md"), re.MULTILINE))

    assert {str(int(code)) for code in CloseCode} <= explained


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!http|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def superseded(page: Path) -> bool:
    """Return whether a page is a superseded decision, whose names may be out of date."""
    return page.read_text().partition("\n## ")[0].count("Superseded by") == 1


@pytest.mark.parametrize(
    "page", [page for page in PAGES if not superseded(page)], ids=lambda page: page.name
)
def test_paths_on_a_page_exist(page: Path) -> None:
    name = str(page.relative_to(ROOT))
    folders = [ROOT, *(ROOT / folder for folder in FOLDERS.get(name, []))]
    paths = re.findall(rf"`((?:[\w-]+/)+[\w.-]+\.(?:{SOURCES}))(?:::\w+)?`", page.read_text())

    assert [path for path in paths if not any((at / path).is_file() for at in folders)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_a_page_exist(page: Path) -> None:
    text = page.read_text()
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    targets = set(re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", text, re.MULTILINE))
    modules = re.findall(r"python -m ((?:config|tests|bench)[.\w]*)", text)

    assert commands - set(get_commands()) == set()
    assert {one or other for one, other in targets} - makefile_targets() == set()
    assert [module for module in modules if find_spec(module) is None] == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name != "adr"], ids=lambda page: page.name
)
def test_variables_on_a_page_exist(page: Path) -> None:
    """Each name in capitals on a page exists in our sources."""
    names = set(re.findall(r"`([A-Z][A-Z_]*_[A-Z_]*)`", page.read_text()))

    assert {name for name in names if not re.search(rf"\b{name}\b", sources())} == set()


def test_log_lines_to_watch_are_written_by_the_code() -> None:
    listed = read("docs/deployment.md").partition("Set alarms for: ")[2].partition("\n\n")[0]
    lines = re.findall(r"`([^`]+)`", listed)

    assert lines
    assert [line for line in lines if not re.search(as_pattern(line), sources())] == []


def as_pattern(line: str) -> str:
    return re.escape(line).replace("…", ".*")


@cache
def sources() -> str:
    files = [*ROOT.glob("*/**/*.py"), ROOT / ".env.example", ROOT / "docker-compose.yml"]
    ours = [file for file in files if file.relative_to(ROOT).parts[0] not in (".venv", "var")]
    return "\n".join(file.read_text() for file in ours if file != Path(__file__))


@cache
def makefile_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
