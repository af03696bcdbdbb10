"""A failing test in node fails the run, and no test file is left out."""

import re
from pathlib import Path

import pytest

from tests.js.__main__ import ROOT, judge, run_node
from tests.js.coverage import measure

# Modules that only one other module uses, and that the tests of that module cover.
PARTS = {
    "active-list": "inbox",
    "change-sender": "changes",
    "de": "translate",
    "de-later": "translate",
    "deletion-watch": "search",
    "en": "translate",
    "en-later": "later",
    "history-pages": "thread",
    "inbox-rows": "inbox",
    "message-notification": "notifications",
    "newest-page": "thread",
    "open-threads": "thread",
    "outbox-rows": "outbox",
    "outbox-sender": "outbox",
    "outgoing": "thread",
    "progress": "uploader",
    "past-window": "timeline",
    "shown-history": "thread",
    "thread-feed": "thread",
    "thread-source": "thread",
    "upload": "uploader",
    "urls": "draft",
    "worker-url": "updates",
}
LEFT_OUT = re.compile(r"\.(skip|todo|only)\(|\b(skip|todo|only):|\bt\.(skip|todo)\b")


@pytest.mark.parametrize(("shown", "fails"), [("New_York", False), ("Berlin", True)])
def test_run_fails_with_its_tests(tmp_path: Path, shown: str, fails: bool) -> None:
    path = tmp_path / "zone.test.mjs"
    path.write_text(f"""
        import assert from "node:assert/strict";
        import {{ test }} from "node:test";
        test("zone", () => assert.match(Intl.DateTimeFormat().resolvedOptions().timeZone, /{shown}/));
    """)

    assert bool(run_node([str(path)], tmp_path / "coverage")) is fails


def test_run_fails_without_coverage(tmp_path: Path) -> None:
    assert judge([tmp_path]) == 1


def test_no_test_is_left_out() -> None:
    tests = list(ROOT.glob("tests/js/**/*.test.js"))

    assert tests
    assert [each.name for each in tests if LEFT_OUT.search(each.read_text())] == []


def test_each_logic_module_has_its_tests() -> None:
    """A module needs its own tests even if the tests of other modules happen to cover it."""
    tested = {each.name.removesuffix(".test.js") for each in ROOT.glob("tests/js/*/*.test.js")}
    modules = [Path(module.name).stem for module in measure([])]

    assert [name for name in modules if PARTS.get(name, name) not in tested] == []
