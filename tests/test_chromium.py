"""Where the browser of the browser tests comes from, on machines with and without a browser."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.chromium import UNAVAILABLE

pytestmark = [pytest.mark.unmeasured, pytest.mark.without_servers]

ROOT = Path(__file__).parent.parent
BROWSER = "#!/bin/sh\nexit 0\n"
STUB = "#!/bin/sh\nexit 127\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine with a single folder on its PATH, and without downloads."""
    (tmp_path / "bin").mkdir()
    return {
        **os.environ,
        "PATH": str(tmp_path / "bin"),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:1",
    }


def put(path: Path, script: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return str(path)


def find(environment: dict[str, str]) -> tuple[int, str, list[str]]:
    """Run `tests.e2e.chromium`; return its exit code, its output, and the lines of its error output."""
    command = [sys.executable, "-m", "tests.e2e.chromium"]
    found = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    return found.returncode, found.stdout.strip(), found.stderr.splitlines()


def path_of_playwright(environment: dict[str, str]) -> Path:
    program = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    command = [sys.executable, "-c", program]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return Path(output.stdout.strip())


def test_browser_on_the_path_is_preferred(tmp_path: Path, environment: dict[str, str]) -> None:
    expected = put(tmp_path / "bin" / "google-chrome", BROWSER)
    put(path_of_playwright(environment), BROWSER)

    assert find(environment) == (0, expected, [])


def test_stub_on_the_path_is_skipped_for_playwrights(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    put(tmp_path / "bin" / "chromium-browser", STUB)
    expected = put(path_of_playwright(environment), BROWSER)

    assert find(environment) == (0, expected, [])


def test_root_installs_the_systems_package(tmp_path: Path, environment: dict[str, str]) -> None:
    installed, log = tmp_path / "bin" / "chromium", tmp_path / "log"
    install = f'/bin/cp "$0.browser" {installed}'
    put(tmp_path / "bin" / "apt-get.browser", BROWSER)
    put(
        tmp_path / "bin" / "apt-get",
        f'#!/bin/sh\necho "$@" >> {log}\nif [ "$1" = install ]; then {install}; fi\n',
    )

    code, path, said = find(environment)

    assert said[0] == "Fetching Chromium from Playwright (once)"
    if os.geteuid() == 0:
        assert (code, path) == (0, str(installed))
        assert said[1:] == ["Fetching Chromium from apt-get (once)"]
        assert log.read_text().splitlines() == [
            "update -qq",
            "install -qq --yes --no-install-recommends chromium-headless-shell",
            "install -qq --yes --no-install-recommends chromium",
        ]
    else:
        assert (code, path, said[1:]) == (1, "", [UNAVAILABLE])


def test_missing_browser_fails_with_one_line(environment: dict[str, str]) -> None:
    expected = ["Fetching Chromium from Playwright (once)", UNAVAILABLE]

    assert find(environment) == (1, "", expected)
