"""
Runs the tests of the browser client's logic in node: `python -m tests.js [--coverage FOLDER …]
[test …]`.

node comes with Playwright's wheel, so nothing else is installed. Without test names, all tests run,
and their coverage is checked together with the counts that browsers have written to FOLDER (see
tests/e2e/js_coverage.py). Exits with 1 if a test fails or the coverage is below its limit.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import playwright

from tests.js.coverage import LEAST, measure, report

ROOT = Path(__file__).resolve().parents[2]
TESTS = "tests/js/**/*.test.js"
NODE = Path(playwright.__file__).parent / "driver" / "node"
PATIENCE = 300.0
"""Seconds that all tests may take: node's own timeouts cannot end a loop that never yields."""
# Tests of times and texts expect a reader in New York with a French browser.
READER = {"TZ": "America/New_York", "LC_ALL": "fr_FR.UTF-8"}


def main(arguments: list[str]) -> int:
    """Run the tests that the arguments select; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.js")
    parser.add_argument("--coverage", action="append", default=[], type=Path, metavar="FOLDER")
    parser.add_argument("tests", nargs="*")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        code = run_node(chosen.tests or [TESTS], Path(folder))
        if code or chosen.tests:
            return code
        return judge([Path(folder), *chosen.coverage])


def run_node(tests: list[str], coverage: Path) -> int:
    """Run test files in node, which writes its coverage to a folder; return an exit code."""
    command = [str(NODE), "--import", "./tests/js/hooks.mjs", "--test", *tests]
    environment = {**os.environ, **READER, "NODE_V8_COVERAGE": str(coverage)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as node:
        try:
            return node.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            # On SIGTERM, node reports the running tests, and ends its own processes.
            node.terminate()
            return node.wait() or 1
        except BaseException:
            node.terminate()
            raise


def judge(folders: list[Path]) -> int:
    """Print the coverage; return 1 if it is too low for any module."""
    modules = measure(folders)
    print(report(modules))
    weak = [module.name for module in modules if not module.is_covered]
    if weak:
        print(f"Fewer than {LEAST} % of lines or branches are covered in: {', '.join(weak)}")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
