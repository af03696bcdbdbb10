"""Which modules are mutated, and which tests run against the mutants."""

from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = (
    "messaging/services/*.py",
    "messaging/sql/*.py",
    "messaging/frames.py",
    "messaging/selectors.py",
    "jobs/services/*.py",
    "jobs/sql.py",
    "users/throttling.py",
    "live/frames.py",
    "messaging/consumers/*.py",
    "live/consumer.py",
    "live/socket_consumer.py",
    "live/frame_consumer.py",
    "*/services/*.py",
    "*/selectors.py",
    "api/throttling.py",
)
"""Those that matter most are first, so that a run that is interrupted has them."""
FOLDERS = (
    "messaging",
    "jobs",
    "users",
    "trainer",
    "notifications",
    "live",
    "api",
    "admin",
    "config",
)
# The first three start processes without the mutant; the last uses random examples, which kill by chance.
LEFT_OUT = (
    "tests/jobs/test_worker.py",
    "tests/jobs/test_kill.py",
    "tests/notifications/test_processes.py",
    "tests/api/test_generated_requests.py",
)
SECONDS_OF_A_TEST = 3.0
"""Tests that take longer than this are left out."""


def list_modules(chosen: Sequence[str]) -> list[str]:
    """Return the modules in scope whose path begins with one of `chosen`; all if that is empty."""
    paths = list(dict.fromkeys(str(each.relative_to(ROOT)) for each in _find()))
    return [path for path in paths if not chosen or path.startswith(tuple(chosen))]


def _find() -> Iterator[Path]:
    for pattern in PATTERNS:
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.read_text().strip())


def list_test_arguments() -> list[str]:
    """Return the arguments with which pytest collects the tests."""
    return [f"tests/{each}" for each in FOLDERS] + [f"--ignore={each}" for each in LEFT_OUT]
