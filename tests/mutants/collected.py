"""
A pytest plugin that collects the tests once, and runs the tests of each request in a forked child.

A request has `tests` and `limit`, their time limit in seconds. To measure, it also has `measure`: the
files in which to record the lines that each test reaches. To run a mutant, it has `path`, `source` and
`mutated` instead. The child starts in pytest's state after the collection, so no test has run and
nothing that tests compute is cached.
"""

import gc
import os
import sys
import time
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

import coverage
import pytest
from django.urls import get_resolver

from tests.mutants.forking import Reply, limit_cpu, run_in_fork, serve
from tests.mutants.swapping import Functions, find_functions, swap_functions

FUNCTIONS: Functions = {}
CACHED: list[Any] = []
ROOT = Path(__file__).resolve().parents[2]
# Duplicated before pytest captures them; pytest's report goes to the standard error.
INPUT, OUTPUT = os.fdopen(os.dup(0)), os.dup(1)
os.dup2(2, 1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Serve requests instead of running the tests."""
    items = {item.nodeid: item for item in session.items}
    gc.unfreeze()  # undo what tests/conftest.py does, because frozen objects are not listed
    FUNCTIONS.update(find_functions(str(ROOT)))
    get_resolver().url_patterns  # noqa: B018 - imports the views once, and not in each child
    CACHED.extend(_list_cached())
    gc.collect()
    gc.freeze()

    def answer(request: dict[str, Any]) -> Reply:
        chosen = [items[name] for name in request["tests"]]
        return run_in_fork(lambda: _act(session, chosen, request), seconds=request["limit"])

    hello = {"tests": {name: _is_transactional(item) for name, item in items.items()}}
    serve(answer, {**hello, "modules": list(sys.modules)}, INPUT, OUTPUT)
    os._exit(0)


def _list_cached() -> list[Any]:
    """Return the product's functions that are decorated with @cache."""
    cached = [each for each in gc.get_objects() if type(each) is _lru_cache_wrapper]
    return [each for each in cached if each.__wrapped__.__code__.co_filename in FUNCTIONS]


def _is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", ())
    return "transactional_db" in names or bool(marker and marker.kwargs.get("transaction"))


def _act(session: pytest.Session, items: list[pytest.Item], request: dict[str, Any]) -> Reply:
    # The imports may have cached results of the unchanged code.
    _clear_caches()
    if "measure" in request:
        return _measure(session, items, request["measure"])
    if "mutated" in request:
        path = str(ROOT / request["path"])
        functions, sources = FUNCTIONS.get(path, []), (request["source"], request["mutated"])
        try:
            if not swap_functions(functions, path, *sources):
                return {"outcome": "refused"}
        except ValueError:  # the mutant uses other variables of an enclosing function
            return {"outcome": "refused"}
    return run_until_failure(session, items, keep_going="keep_going" in request)


def run_until_failure(
    session: pytest.Session, items: list[pytest.Item], *, keep_going: bool = False
) -> Reply:
    """Run tests in this order; stop after the first failure, unless `keep_going`."""
    failed = []
    for item, following in zip(items, [*items[1:], None], strict=True):
        limit_cpu()
        before = session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed > before:
            failed.append(item.nodeid)
            if not keep_going:
                break
    return {"outcome": "killed" if failed else "survived", "failed": failed}


def _measure(session: pytest.Session, items: list[pytest.Item], paths: list[str]) -> Reply:
    """Return the lines of these files that each passing test runs, and the test's CPU seconds."""
    files = {str(ROOT / path): path for path in paths}
    measured = coverage.Coverage(data_file=None, include=list(files), config_file=False)
    measured.start()
    reached: dict[str, Any] = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        _clear_caches()
        limit_cpu()
        failures, started_at = session.testsfailed, time.process_time()
        measured.switch_context(item.nodeid)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed == failures:
            seconds = round(time.process_time() - started_at, 3)
            reached[item.nodeid] = {"seconds": seconds, "lines": {}}
    measured.stop()
    data = measured.get_data()
    for file in data.measured_files() & files.keys():
        for line, tests in data.contexts_by_lineno(file).items():
            for test in tests:
                if test in reached:
                    reached[test]["lines"].setdefault(files[file], []).append(line)
    return {"reached": reached}


def _clear_caches() -> None:
    """Clear the product's caches, so that each test runs the code that computes the results."""
    for each in CACHED:
        each.cache_clear()
