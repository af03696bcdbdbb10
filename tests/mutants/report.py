"""The result as Markdown: a table of modules, and a list of mutants for each outcome but `killed`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.mutants.judging import Verdicts
from tests.mutants.population import Mutant

TOTAL = "all"


def describe(mutants: Sequence[Mutant], verdicts: Verdicts) -> str:
    """Return the table of modules and the lists of mutants."""
    counts: dict[str, Counter[str]] = {}
    for mutant in mutants:
        for name in (mutant.path, TOTAL):
            counts.setdefault(name, Counter())[verdicts.outcome(mutant)] += 1
    return "\n".join([*_list_rows(counts), *_list_survivors(mutants, verdicts)])


def _list_rows(counts: dict[str, Counter[str]]) -> Iterator[str]:
    yield "| Module | Mutants | Killed | Timed out | Survived | Score |"
    yield "|---|--:|--:|--:|--:|--:|"
    total = counts.pop(TOTAL, Counter())
    for name, count in [*sorted(counts.items()), (TOTAL, total)]:
        # Mutants against which no test could be run are not counted.
        number = count.total() - count["error"]
        score = 100 * (number - count["survived"]) / number if number else 100
        yield (
            f"| `{name}` | {number} | {count['killed'] + count['crashed']} | {count['timeout']}"
            f" | {count['survived']} | {score:.1f} % |"
        )


def _list_survivors(mutants: Sequence[Mutant], verdicts: Verdicts) -> Iterator[str]:
    for outcome in ("survived", "timeout", "error", "crashed", "pending"):
        found = [each for each in mutants if verdicts.outcome(each) == outcome]
        if found:
            yield f"\n## {outcome}: {len(found)}\n"
        for each in found:
            where = each.function or "outside of functions"
            yield f"- `{each.path}` {where}: {each.operator}: {each.change}"
