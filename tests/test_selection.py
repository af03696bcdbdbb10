"""Which tests a run omits, and the message about them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.unmeasured, pytest.mark.without_servers]

# The other plugins take a second to load, and add the options in addopts.
PLUGINS = ("-o", "addopts=", "-p", "xdist.plugin", "-p", "pytest_django.plugin")
ROOT = Path(__file__).parent.parent
TESTS = """
import pytest

@pytest.mark.without_servers
def test_once(): pass

@pytest.mark.postgres_only("there are no locks")
def test_locks(): pass

@pytest.mark.embedded_only("there is no query")
def test_refusal(): pass

def test_both(): pass
"""
WRONG = """
import pytest

@pytest.mark.without_servers
def test_once(db): pass
"""


def run(folder: Path, source: str, *options: str, url: str = "", whole: bool = True) -> str:
    """Run these tests with the hooks of `tests.running.selection`, and return pytest's output."""
    (folder / "conftest.py").write_text("from tests.running.selection import *\n")
    (folder / "test_some.py").write_text(source)
    environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TEST_BACKEND": "any",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
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
        *PLUGINS,
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
        ("", ["test_both", "test_once", "test_refusal"], ["1 omitted: there are no locks"]),
        (
            POSTGRES,
            ["test_both", "test_locks"],
            ["1 omitted: they need no server", "1 omitted: there is no query"],
        ),
    ],
)
def test_each_set_up_omits_the_tests_of_the_other(
    tmp_path: Path, url: str, names: list[str], said: list[str]
) -> None:
    output = run(tmp_path, TESTS, "-vv", url=url)

    assert names_in(output) == names
    assert [each for each in said if each not in output] == []
    assert f"{len(names)} passed, {len(said)} deselected" in output


def test_counts_of_workers_are_printed_once(tmp_path: Path) -> None:
    output = run(tmp_path, TESTS, "-n", "2")

    assert output.count("1 omitted: there are no locks") == 1
    assert "3 passed" in output


def test_paths_select_all_tests_that_can_fail(tmp_path: Path) -> None:
    assert names_in(run(tmp_path, TESTS, "-vv", url=POSTGRES, whole=False)) == [
        "test_both",
        "test_locks",
        "test_once",
        "test_refusal",
    ]
    assert names_in(run(tmp_path, TESTS, "-vv", whole=False)) == [
        "test_both",
        "test_once",
        "test_refusal",
    ]


def test_mark_without_servers_on_a_database_test_stops_the_run(
    tmp_path: Path,
) -> None:
    output = run(tmp_path, WRONG, url=POSTGRES)

    assert "test_once is marked without_servers and uses the database" in output
    assert "passed" not in output
