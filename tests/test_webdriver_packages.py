"""Where Firefox and WebKit of the browser tests come from, on machines with and without them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.unmeasured, pytest.mark.without_servers]

ROOT = Path(__file__).parent.parent
PROGRAM = """
import sys
from tests.e2e.webdriver.packages import FIREFOX, BrowserUnavailable, find
try:
    print(*find(FIREFOX))
except BrowserUnavailable as error:
    sys.exit(str(error))
"""


def find_firefox(folder: Path) -> tuple[int, str, str]:
    """Look for Firefox with only this folder on the PATH; return the exit code, output and error output."""
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PATH": str(folder)},
        check=False,
        capture_output=True,
        text=True,
    )
    return found.returncode, found.stdout.strip(), found.stderr.strip()


def put(path: Path, script: str = "") -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_firefox_on_the_path_is_used(tmp_path: Path) -> None:
    expected = put(tmp_path / "firefox")

    assert find_firefox(tmp_path) == (0, expected, "")


def test_root_installs_the_package(tmp_path: Path) -> None:
    log, installed = tmp_path / "log", tmp_path / "firefox-esr"
    put(tmp_path / "apt-get", f'echo "$@" >> {log}; /bin/cp "$0" {installed}')

    code, path, said = find_firefox(tmp_path)

    if os.geteuid() == 0:
        assert (code, path) == (0, str(installed))
        assert said == "Installing Firefox with apt-get (once)"
        options = "-o DPkg::Lock::Timeout=300"
        assert log.read_text().splitlines() == [
            f"{options} update -qq",
            f"{options} install -qq --yes --no-install-recommends firefox-esr",
        ]
    else:
        assert (code, path, log.exists()) == (1, "", False)


def test_missing_browser_is_one_line_that_names_the_package(tmp_path: Path) -> None:
    assert find_firefox(tmp_path) == (
        1,
        "",
        "The browser tests need Firefox, and it could not be found or installed"
        " (Debian: apt-get install firefox-esr)",
    )
