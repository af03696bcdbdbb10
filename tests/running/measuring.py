"""
Pauses the measurement of coverage during tests that reach only lines that other tests reach, too.

Python 3.11 runs at about half its speed while coverage is measured. Test files marked `unmeasured` are
therefore measured in no run. The production run measures only the test files in
MEASURED_ON_PRODUCTION and those with tests marked `postgres_only`.
"""

import os
from collections.abc import Generator, Sequence

import coverage
import pytest
from django.conf import settings

from tests.running.coverage import SETTINGS

MEASURED_ON_PRODUCTION = (
    "tests/config/test_probes.py",
    "tests/config/test_readiness.py",
    "tests/faults/test_found.py",
    "tests/jobs/test_claiming.py",
    "tests/live/test_consumer.py",
    "tests/messaging/test_search.py",
    "tests/messaging/test_search_index.py",
    "tests/notifications/test_legacy_deliveries.py",
    "tests/notifications/test_sweeping.py",
    "tests/system/test_access_ends.py",
    "tests/system/test_handshake.py",
    "tests/users/test_concurrency.py",
)
"""The files that reach lines for PostgreSQL or Redis, although the embedded run has them too."""

SWITCH = pytest.StashKey["Switch"]()


class Switch:
    """
    Pauses and resumes the measurement of this process and of the processes that it starts.

    What has been measured is saved at each pause; a new measurement begins at the next resumption.
    """

    def __init__(self, files: set[str]) -> None:
        """`files` are the measured test files."""
        self._files = files
        self._measurement = coverage.Coverage.current()
        self._variables = {name: os.environ[name] for name in SETTINGS if name in os.environ}

    def move(self, file: str) -> None:
        """Measure from now on if tests of this file are measured, and otherwise do not."""
        if file not in self._files:
            self.pause()
        elif self._variables and not self._measurement:
            os.environ.update(self._variables)
            self._measurement = coverage.Coverage(
                config_file=self._variables["COVERAGE_PROCESS_START"]
            )
            self._measurement.start()

    def pause(self) -> None:
        """End the current measurement, if there is one, save it, and measure nothing from now on."""
        if self._measurement:
            self._measurement.stop()
            self._measurement.save()
            self._measurement = None
            for name in self._variables:
                del os.environ[name]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Pause or resume before the fixtures of a file's first test start its servers."""
    stash = item.config.stash
    if SWITCH not in stash:
        stash[SWITCH] = Switch(find_measured(item.session.items))
        item.config.add_cleanup(stash[SWITCH].pause)
    stash[SWITCH].move(get_file(item))
    return (yield)


def find_measured(items: Sequence[pytest.Item]) -> set[str]:
    """Return the paths of the test files that are measured on this set-up."""
    has_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    marked = {get_file(item) for item in items if item.get_closest_marker("unmeasured")}
    if not has_postgres:
        return {get_file(item) for item in items} - marked
    only = {get_file(item) for item in items if item.get_closest_marker("postgres_only")}
    return (only | {*MEASURED_ON_PRODUCTION}) - marked


def get_file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
