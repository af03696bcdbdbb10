"""Selects the tests that run against a mutant, and their order."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.population import Mutant
from tests.mutants.scope import ROOT, SECONDS_OF_A_TEST

Lines = dict[str, list[int]]


@dataclass
class Reach:
    """The lines that each test reaches on one set-up, and the CPU seconds that the test takes."""

    lines: dict[str, Lines]
    seconds: dict[str, float]
    transactional: dict[str, bool]
    killers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def choose(self, mutant: Mutant, *, at_most: int | None = None) -> list[str]:
        """
        Return the tests that reach the mutated statement, in the order in which they should run.

        For a statement outside of functions, these are the tests that reach its module, or a module of
        the same app that imports from it. Slow tests (SECONDS_OF_A_TEST) are left out. Tests that have
        killed a mutant of the same function are first, then those that reach the most lines of the
        module. Tests that empty the tables are last, as in any run.
        """
        wanted: dict[str, set[int]] = {mutant.path: set(range(mutant.first, mutant.last + 1))}
        if not mutant.function:
            wanted = {path: set() for path in (mutant.path, *list_importers(mutant.path))}
        chosen = [test for test, lines in self.lines.items() if _reaches(lines, wanted)]
        fast = [test for test in chosen if self.seconds[test] < SECONDS_OF_A_TEST]
        killers = self.killers[f"{mutant.path}:{mutant.function}"]

        def rank(test: str) -> tuple[bool, int, float]:
            reached = len(self.lines[test].get(mutant.path, ()))
            return test not in killers, -reached, self.seconds[test]

        return sorted(
            sorted(fast, key=rank)[:at_most], key=lambda t: (self.transactional[t], rank(t))
        )

    def note_killer(self, mutant: Mutant, test: str) -> None:
        self.killers[f"{mutant.path}:{mutant.function}"][test] += 1


def _reaches(lines: Lines, wanted: dict[str, set[int]]) -> bool:
    return any(
        path in lines and (not numbers or numbers & set(lines[path]))
        for path, numbers in wanted.items()
    )


def list_importers(path: str) -> list[str]:
    """Return the modules of the same app that import from a module."""
    name = path.removesuffix(".py").replace("/", ".")
    own = path.partition("/")[0]
    files = [each for each in ROOT.glob(f"{own}/**/*.py") if "migrations" not in each.parts]
    return [str(_relative(each)) for each in files if f"from {name} import" in each.read_text()]


def _relative(path: Path) -> Path:
    return path.relative_to(ROOT)
