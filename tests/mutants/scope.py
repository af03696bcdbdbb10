"""Which modules are mutated, and which tests run against the mutants."""

from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = (
    "*/services/*.py",
    "*/selectors.py",
    "messaging/sql/*.py",
    "messaging/consumers/*.py",
    "jobs/sql.py",
    "live/consumer.py",
    "live/socket_consumer.py",
    "live/frame_consumer.py",
    "live/frames.py",
    "messaging/frames.py",
    "api/throttling.py",
    "users/throttling.py",
)
FOLDERS = ("messaging", "jobs", "users", "trainer", "notifications", "live", "api", "admin")
# Servers and workers that a test starts do not have the mutant, and examples at random kill by chance.
LEFT_OUT = (
    "tests/jobs/test_worker.py",
    "tests/jobs/test_kill.py",
    "tests/notifications/test_processes.py",
    "tests/api/test_generated_requests.py",
)
SECONDS_OF_A_TEST = 3.0
"""Tests that take longer alone are left out."""


def list_modules(chosen: Sequence[str]) -> list[str]:
    """Return the modules in scope whose path begins with one of the chosen ones; all without any."""
    paths = sorted({str(each.relative_to(ROOT)) for each in _find()})
    return [path for path in paths if not chosen or path.startswith(tuple(chosen))]


def _find() -> Iterator[Path]:
    for pattern in PATTERNS:
        yield from (path for path in ROOT.glob(pattern) if path.read_text().strip())


def list_test_arguments() -> list[str]:
    """Return the arguments with which pytest collects the tests."""
    return [f"tests/{each}" for each in FOLDERS] + [f"--ignore={each}" for each in LEFT_OUT]
