"""Every threat on the security page names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.without_servers

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "security.md").read_text()
ROWS = [
    line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| (?!Threat )", line)
]


def functions_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_threat_names_tests_that_exist(row: list[str]) -> None:
    named = re.findall(r"`(\S+\.py)::(\w+)`", row[-1])

    assert len(row) == 3
    assert named
    assert [each for each in named if each[1] not in functions_in(TESTS / each[0])] == []


def test_page_covers_every_required_threat() -> None:
    threats = " ".join(row[0] for row in ROWS).lower()

    assert len(ROWS) > 30
    for word in (
        "logs",
        "admin's sign-in",
        "mass assignment",
        "`host`",
        "`?next=`",
        "script",
        "reset",
    ):
        assert word in threats
