"""Splits the arguments of `tests.run` into pytest runs."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BACKENDS = ("embedded", "production")
IN_BROWSER = Path("tests/e2e").resolve()
# Enough workers to keep two cores busy until the end, although many tests spend time waiting.
WORKERS = {"embedded": 2, "embedded-browser": 0, "production": 2, "production-browser": 1}
NICENESS = 3
"""Niceness of runs without a browser. Browser runs go first: they take longest and have time limits."""
ALONE = ("--pdb", "--trace")
"""Options that need a run in the main process, on the terminal."""


@dataclass(frozen=True)
class Run:
    """One pytest run against one set of servers. With 0 workers, its tests run in the main process."""

    backend: str
    in_browser: bool
    arguments: tuple[str, ...]
    wanted_workers: int | None
    is_whole: bool

    @property
    def name(self) -> str:
        return f"{self.backend}-browser" if self.in_browser else self.backend

    @property
    def niceness(self) -> int:
        return 0 if self.in_browser else NICENESS

    @property
    def workers(self) -> int:
        return WORKERS[self.name] if self.wanted_workers is None else self.wanted_workers


def list_runs(backends: Sequence[str], arguments: Sequence[str]) -> list[Run]:
    """Return the runs of each backend: first the run without a browser, then the run with a browser."""
    arguments, workers = take_workers(arguments)
    paths = find_paths(arguments)
    if workers is None and (paths or set(ALONE) & set(arguments)):
        # Starting a worker takes longer than running most files.
        workers = 0
    runs = []
    for backend in backends:
        for in_browser, own_arguments in zip((False, True), split(arguments), strict=True):
            if own_arguments is not None:
                runs.append(
                    Run(backend, in_browser, tuple(own_arguments), workers, is_whole=not paths)
                )
    return runs


def take_workers(arguments: Sequence[str]) -> tuple[list[str], int | None]:
    """
    Return the arguments without pytest-xdist's `-n`, and the value of `-n` or None.

    The value must be known beforehand, because each worker gets servers of its own.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-n", "--numprocesses", type=int)
    known, others = parser.parse_known_args(arguments)
    return others, known.numprocesses


def find_paths(arguments: Sequence[str]) -> dict[str, Path]:
    """Return the arguments that name files, folders or tests, with their paths."""
    paths = {each: Path(each.partition("::")[0]).resolve() for each in arguments}
    return {each: path for each, path in paths.items() if path.exists()}


def split(arguments: Sequence[str]) -> tuple[list[str] | None, list[str] | None]:
    """Return the arguments of the runs without and with a browser; None if only the other run has paths."""
    paths = find_paths(arguments)
    options = [each for each in arguments if each not in paths]
    in_browser = [each for each, path in paths.items() if path.is_relative_to(IN_BROWSER)]
    others = [each for each in paths if each not in in_browser]
    if not paths or any(path in IN_BROWSER.parents for path in paths.values()):
        return list(arguments), [*options, "tests/e2e"]
    return [*options, *others] if others else None, [*options, *in_browser] if in_browser else None
