"""
Selects the tests of each run; docs/testing.md has the table, with reasons.

Omitted tests are deselected, and counted by reason at the end of the run. Paths in the arguments of
`tests.run` select every test below them; the embedded set-up still omits those marked `postgres_only`.
"""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
IN_BROWSER = "tests/e2e/"
BROWSER_ON_EMBEDDED = (
    "test_development.py::",
    "test_first_load.py::",
    "test_story.py::test_from_sign_in_to_read_ticks",
    "test_story.py::test_link_to_a_conversation_survives_the_sign_in",
    "test_story.py::test_messages_are_shown_in_the_order_in_which_they_were_written",
    "test_outbox.py::test_offline_messages_wait_and_are_sent_once_in_order",
    "test_outbox.py::test_outbox_survives_a_reload_without_a_network",
    "test_outbox.py::test_two_tabs_send_once",
    "test_reconnect.py::test_killed_server_shows_reconnecting_and_missed_messages_arrive_in_order",
    "test_reconnect.py::test_messages_sent_while_the_server_is_away_are_sent_when_it_is_back",
)
"""The browser tests that run on both set-ups: one for each kind of interaction with the server."""

ONCE = "they need no server, and run on the embedded set-up"
BROWSER = "the browser tests run on the production set-up"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}
COUNTS = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Create the counter of omitted tests, by reason."""
    config.stash[COUNTS] = Counter()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Adopt the counts of a pytest-xdist worker: each worker has collected the same tests."""
    node.config.stash[COUNTS] |= Counter(getattr(node, "workeroutput", {}).get("left_out", {}))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests of another run, in addition to those that -k and -m deselect."""
    is_whole = "TEST_WHOLE" in os.environ
    if is_whole:
        _check_browser_list(items)
    reasons = {item: find_reason(item, is_whole=is_whole) for item in items}
    items[:] = [item for item in items if not reasons[item]]
    left_out = [item for item, reason in reasons.items() if reason]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    config.stash[COUNTS] = Counter(reason for reason in reasons.values() if reason)


def find_reason(item: pytest.Item, *, is_whole: bool) -> str:
    """Return why a test does not run here, as a phrase that follows the count; empty if it runs."""
    has_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    only = item.get_closest_marker("postgres_only")
    if only and not has_postgres:
        return str(only.args[0])
    once = item.get_closest_marker("embedded_only")
    if is_whole and once and has_postgres:
        return str(once.args[0])
    if is_whole and has_postgres and _is_without_servers(item):
        return ONCE
    if is_whole and not has_postgres and item.nodeid.startswith(IN_BROWSER):
        return "" if _is_listed(item) else BROWSER
    return ""


def _is_without_servers(item: pytest.Item) -> bool:
    if not item.get_closest_marker("without_servers"):
        return False
    wanted = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    if wanted or item.get_closest_marker("django_db"):
        raise pytest.UsageError(f"{item.nodeid} is marked without_servers and uses the database")
    return True


def _is_listed(item: pytest.Item) -> bool:
    return item.nodeid.removeprefix(IN_BROWSER).startswith(BROWSER_ON_EMBEDDED)


def _check_browser_list(items: Sequence[pytest.Item]) -> None:
    """Raise UsageError if a test in the list no longer exists."""
    found = [each.nodeid.removeprefix(IN_BROWSER) for each in items if _is_listed(each)]
    lost = [each for each in BROWSER_ON_EMBEDDED if not any(f.startswith(each) for f in found)]
    if lost and any(each.nodeid.startswith(IN_BROWSER) for each in items):
        raise pytest.UsageError(f"BROWSER_ON_EMBEDDED names tests that do not exist: {lost}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send this worker's counts to the main process of pytest-xdist."""
    if hasattr(session.config, "workeroutput"):
        counts = session.config.stash[COUNTS]
        session.config.workeroutput["left_out"] = dict(counts)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print how many tests were omitted, and why."""
    for reason, count in sorted(config.stash[COUNTS].items()):
        terminalreporter.write_line(f"{count} omitted: {reason}")
