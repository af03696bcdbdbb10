"""
Check the pinned requirements for known vulnerabilities, for at most a minute.

Fails only if one is found. Without an answer (no network, no such record, a time-out) it prints one
line and passes: checks must work offline.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SECONDS = 60.0
COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--requirement", "requirements-dev.txt"),
    *("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"),
)


def audit(command: Sequence[str] = COMMAND, seconds: float = SECONDS) -> str | None:
    """Return one line per vulnerability, an empty string for none, or None without an answer."""
    try:
        result = subprocess.run(  # noqa: S603 - the command is a constant
            command, check=False, capture_output=True, text=True, timeout=seconds
        )
        packages = json.loads(result.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, OSError, ValueError, KeyError, TypeError):
        return None
    known = [each for each in packages if "vulns" in each]
    return "\n".join(line for each in known for line in _describe(each)) if known else None


def _describe(package: dict[str, Any]) -> list[str]:
    name = f"{package['name']} {package['version']}"
    return [
        f"{name}: {each['id']}, fixed in {', '.join(each['fix_versions']) or 'no version yet'}"
        for each in package["vulns"]
    ]


def main(command: Sequence[str] = COMMAND, seconds: float = SECONDS) -> int:
    found = audit(command, seconds)
    if found is None:
        sys.stdout.write(
            "The database of vulnerabilities cannot be reached; nothing was audited.\n"
        )
    else:
        sys.stdout.write(f"{found or 'No known vulnerabilities.'}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
