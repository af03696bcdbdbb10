"""What the docs say about settings and codes is what the code does."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from live.close_codes import CloseCode

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def read(page: str) -> str:
    return (ROOT / page).read_text()


def first_cells(page: str) -> set[str]:
    """Return what stands in backquotes in the first column of a page's tables."""
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
