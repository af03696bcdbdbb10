"""Which tests a run leaves out, and that it says so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).parent.parent
TESTS = """
import pytest

@pytest.mark.without_servers
def test_once(): pass

@pytest.mark.postgres_only("there are no locks")
def test_locks(): pass

def test_both(): pass
"""
WRONG = """
import pytest

@pytest.mark.without_servers
def test_once(db): pass
"""


def run(folder: Path, source: str, *options: str, url: str = "", whole: bool = True) -> str:
    """Run tests as on a set-up, with the hooks of this folder, and return what pytest says."""
    (folder / "conftest.py").write_text("from tests.running.selection import *\n")
    (folder / "test_some.py").write_text(source)
    environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TEST_BACKEND": "any",
        **({"DATABASE_URL": url} if url else {}),
        **({"TEST_WHOLE": "1"} if whole else {}),
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--rootdir={folder}",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    command += [f"--confcutdir={folder}", f"-c{ROOT / 'pyproject.toml'}", *options, str(folder)]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def names_in(output: str) -> list[str]:
    return sorted(re.findall(r"test_\w+(?= PASSED)", output))


POSTGRES = "postgres://nobody@127.0.0.1:9/nothing"


@pytest.mark.parametrize(
    ("url", "names", "said"),
    [
        ("", ["test_both", "test_once"], "1 left out: there are no locks"),
        (POSTGRES, ["test_both", "test_locks"], "1 left out: they need no server"),
    ],
)
def test_each_set_up_leaves_out_what_belongs_to_the_other(
    tmp_path: Path, url: str, names: list[str], said: str
) -> None:
    output = run(tmp_path, TESTS, "-vv", url=url)

    assert names_in(output) == names
    assert said in output
    assert "2 passed, 1 deselected" in output


def test_workers_counts_are_said_once(tmp_path: Path) -> None:
    output = run(tmp_path, TESTS, "-n", "2")

    assert output.count("1 left out: there are no locks") == 1
    assert "2 passed" in output


def test_given_paths_bring_all_but_what_cannot_fail(tmp_path: Path) -> None:
    assert names_in(run(tmp_path, TESTS, "-vv", url=POSTGRES, whole=False)) == [
        "test_both",
        "test_locks",
        "test_once",
    ]
    assert names_in(run(tmp_path, TESTS, "-vv", whole=False)) == ["test_both", "test_once"]


def test_test_that_says_it_needs_no_server_and_uses_the_database_stops_the_run(
    tmp_path: Path,
) -> None:
    output = run(tmp_path, WRONG, url=POSTGRES)

    assert "test_once is marked without_servers and uses the database" in output
    assert "passed" not in output
