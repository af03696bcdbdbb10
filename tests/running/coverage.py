"""
Which lines and branches of the product the tests reach, in all runs and in all servers they start.

Every Python process of a measured run reads COVERAGE_PROCESS_START as it begins (coverage's wheel
brings a .pth file for that), and writes a file of its own. What counts, and how much has to be
reached, stands in pyproject.toml.
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
    """Forget what was measured before; return the environment of processes to be measured."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    return SETTINGS


def report() -> bool:
    """Print what was not reached; return whether enough was."""
    environment = {**os.environ, "COVERAGE_FILE": SETTINGS["COVERAGE_FILE"], "COVERAGE_ROOT": "."}
    for command in (["combine", "--quiet"], ["html", "--quiet"], ["report"]):
        done = subprocess.run(
            [sys.executable, "-m", "coverage", *command], cwd=ROOT, env=environment, check=False
        )
    return done.returncode == 0
