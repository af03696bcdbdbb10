"""Which test files are measured on each set-up, and in which processes."""

import subprocess
import sys
from pathlib import Path

import coverage
import pytest

from tests.running.measuring import MEASURED_ON_PRODUCTION

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).parent.parent
FILES = {
    "conftest.py": "from tests.running.measuring import *",
    ".coveragerc": "[run]\nparallel = true\nsource = .\nomit = test_*.py, conftest.py\n",
    **{
        f"product_{name}.py": f"""
def in_process():
    return "{name}"
def in_child():
    return "{name}"
"""
        for name in ("first", "second", "third", "fourth", "unmeasured")
    },
}
IDLE = """
def test_nothing_of_the_product():
    pass
"""
TEST = """
import subprocess, sys, product_{name}, pytest

pytestmark = [{marks}]

def test_{name}():
    product_{name}.in_process()
    code = "import product_{name}; product_{name}.in_child()"
    subprocess.run([sys.executable, "-c", code], check=True)
"""
MARKS = {"first": "", "second": "pytest.mark.unmeasured", "third": ""}
MARKS["fourth"] = "pytest.mark.postgres_only('for a reason')"
MARKS["unmeasured"] = "pytest.mark.unmeasured"  # the last but one, before a file without a product
BOTH, NEITHER = {3, 5}, set[int]()
"""The lines of the functions' bodies: the one called by the test, and the one called in its child."""


def measure(folder: Path, url: str) -> dict[str, set[int]]:
    """Run a test for each module in a folder; return the lines of function bodies that ran, by module."""
    for name, content in FILES.items():
        (folder / name).write_text(content)
    for name, marks in MARKS.items():
        (folder / f"test_{name}.py").write_text(TEST.format(name=name, marks=marks))
    (folder / "test_zero.py").write_text(IDLE)
    environment = {
        "PYTHONPATH": f"{ROOT}:{folder}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COVERAGE_PROCESS_START": str(folder / ".coveragerc"),
        "COVERAGE_FILE": str(folder / "data"),
        "TEST_BACKEND": "any",
        "DATABASE_URL": url,
    }
    options = [f"--rootdir={folder}", f"--confcutdir={folder}", f"-c{ROOT / 'pyproject.toml'}"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *options,
        str(folder),
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    assert "6 passed" in done.stdout, done.stdout + done.stderr
    return {name: _read_lines(folder, f"product_{name}.py") for name in MARKS}


def _read_lines(folder: Path, module: str) -> set[int]:
    data = coverage.Coverage(data_file=folder / "data", config_file=folder / ".coveragerc")
    data.combine([str(folder)], keep=True)
    executed = data.get_data().lines(str(folder / module)) or []
    return set(executed) & BOTH


def test_embedded_run_measures_all_files_but_the_marked_ones(tmp_path: Path) -> None:
    found = measure(tmp_path, "sqlite:///:memory:")

    assert found == {
        "first": BOTH,
        "second": NEITHER,
        "third": BOTH,
        "fourth": BOTH,
        "unmeasured": NEITHER,
    }


def test_production_run_measures_what_the_embedded_run_omits(tmp_path: Path) -> None:
    found = measure(tmp_path, "postgres://nobody@127.0.0.1:9/nothing")

    assert found == {
        "first": NEITHER,
        "second": NEITHER,
        "third": NEITHER,
        "fourth": BOTH,
        "unmeasured": NEITHER,
    }


def test_listed_files_exist() -> None:
    assert [each for each in MEASURED_ON_PRODUCTION if not (ROOT / each).is_file()] == []
