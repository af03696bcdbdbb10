"""`make check` checks for known vulnerabilities, and passes without a network."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.without_servers

SCRIPT = Path(__file__).parents[2] / ".ci" / "audit.py"
NOT_AUDITED = "The database of vulnerabilities cannot be reached; nothing was audited.\n"
SOUND = {"name": "sound", "version": "1.0", "vulns": []}
HOLE = {"id": "CVE-2026-1", "fix_versions": ["1.1"]}
UNKNOWN = {"name": "ours", "skip_reason": "Dependency not found on PyPI"}


def audit(answer: str, seconds: float = 30) -> int:
    """Run the audit with a stand-in for pip-audit that prints `answer`, or hangs if it is empty."""
    code = f"import sys, time; sys.stdout.write({answer!r}); sys.exit(1)"
    if not answer:
        code = "import time; time.sleep(60)"
    result: int = runpy.run_path(str(SCRIPT))["main"]([sys.executable, "-c", code], seconds)
    return result


def report(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_known_vulnerability_fails(capsys: pytest.CaptureFixture[str]) -> None:
    broken = {"name": "broken", "version": "1.0", "vulns": [HOLE, {**HOLE, "fix_versions": []}]}

    assert audit(report(SOUND, broken, UNKNOWN)) == 1

    assert capsys.readouterr().out == (
        "broken 1.0: CVE-2026-1, fixed in 1.1\nbroken 1.0: CVE-2026-1, fixed in no version yet\n"
    )


def test_no_known_vulnerability_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(report(SOUND, UNKNOWN)) == 0

    assert capsys.readouterr().out == "No known vulnerabilities.\n"


@pytest.mark.parametrize("answer", ["Traceback", "{}", "[]", report(), report(UNKNOWN)])
def test_missing_answer_passes_with_a_warning(
    answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(answer) == 0

    assert capsys.readouterr().out == NOT_AUDITED


def test_wait_for_an_answer_is_limited(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("", seconds=0.2) == 0

    assert capsys.readouterr().out == NOT_AUDITED


def test_real_audit_without_a_network_passes() -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": ""}

    result = subprocess.run(
        [sys.executable, SCRIPT],
        cwd=SCRIPT.parents[1],
        env={**os.environ, **nowhere},
        check=False,
        capture_output=True,
        text=True,
    )

    assert (result.returncode, result.stdout) == (0, NOT_AUDITED)
