"""
A process that has imported libraries but not the product: `python -m tests.mutants.fresh FILE`.

It forks a child for each mutant outside of functions, and for each that `tests.mutants.collected` has
refused. The child imports the mutant in place of the module, before any code has used the module's
constants, and runs pytest.
"""

import gc
import importlib
import json
import os
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType
from typing import Any

from tests.mutants.forking import Reply, limit_cpu, run_in_fork, serve
from tests.mutants.options import OPTIONS, ROOT

# These are not imported here, because they use settings or models, which the child must import.
OWN = ("api", "backoffice", "config", "db", "jobs", "live", "manage", "media", "messaging", "notifications",
       "server", "tests", "text", "trainer", "users", "web")  # fmt: skip
INPUT, OUTPUT = os.fdopen(os.dup(0)), os.dup(1)
os.dup2(2, 1)


class MutantLoader(SourceFileLoader):
    """Loads a module from this source instead of from its file."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self.source, self.path, "exec")
        return code


class MutantFinder(MetaPathFinder):
    """Finds one module, before other finders: it must be the first in `sys.meta_path`."""

    def __init__(self, path: str, source: str) -> None:
        self.name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.loader = MutantLoader(self.name, str(ROOT / path), source)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self.loader) if fullname == self.name else None


class Failures:
    """A pytest plugin that records which tests fail, and limits the CPU time of each."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def pytest_runtest_logstart(self) -> None:
        limit_cpu()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(f"import of {report.nodeid}")


def _answer(request: dict[str, Any]) -> Reply:
    return run_in_fork(lambda: _act(request), seconds=request["limit"])


def _act(request: dict[str, Any]) -> Reply:
    import pytest  # noqa: PLC0415 - loaded already; named here because the child runs it

    if "mutated" in request:
        sys.meta_path.insert(0, MutantFinder(request["path"], request["mutated"]))
    failures = Failures()
    code = pytest.main([*OPTIONS, "-x", *request["tests"]], plugins=[failures])
    return {
        "outcome": "killed" if code else "survived",
        "failed": failures.failed,
        "code": int(code),
    }


def _preload(names: list[str]) -> int:
    """Import libraries in the order in which the tests do; skip those that need the product."""
    for name in names:
        if _is_ours(name) or name in sys.modules:
            continue
        with suppress(Exception):
            importlib.import_module(name)
        for ours in [each for each in sys.modules if _is_ours(each)]:
            if not ours.startswith("tests"):
                del sys.modules[ours]
                sys.modules.pop(name, None)
    gc.collect()
    gc.freeze()
    return len(sys.modules)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OWN


if __name__ == "__main__":
    imported = _preload(json.loads(Path(sys.argv[1]).read_text()))
    serve(_answer, {"modules": imported}, INPUT, OUTPUT)
