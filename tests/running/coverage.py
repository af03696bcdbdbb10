"""
Measures the lines and branches of the product that the tests reach, in all runs and servers.

Every Python process of a measured run reads COVERAGE_PROCESS_START at startup (coverage's wheel
installs a .pth file for that) and writes its own data file. What is measured, and the required
percentage, are in pyproject.toml.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var/coverage"
SETTINGS = {
    "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml"),
    "COVERAGE_FILE": str(FOLDER / "data"),
    "COVERAGE_ROOT": str(ROOT),
}


def begin() -> dict[str, str]:
    """Delete earlier measurements; return the variables that start the measurement in a process."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    return SETTINGS


def bare_environment(**variables: str) -> dict[str, str]:
    """Return an environment with these variables, PATH, and the variables that enable coverage."""
    kept = {name: os.environ[name] for name in ("PATH", *SETTINGS) if name in os.environ}
    return {**kept, **variables}


def report() -> bool:
    """Print the lines and branches that no test reached; return whether coverage meets its limit."""
    environment = {**os.environ, "COVERAGE_FILE": SETTINGS["COVERAGE_FILE"], "COVERAGE_ROOT": "."}
    for command in (["combine", "--quiet"], ["html", "--quiet"], ["report"]):
        done = subprocess.run(
            [sys.executable, "-m", "coverage", *command], cwd=ROOT, env=environment, check=False
        )
    return done.returncode == 0
