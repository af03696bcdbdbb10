"""The result of a run, as a table and as JSON."""

import json

from tests.faults.run import Result
from tests.faults.schedule import Fault, as_json

SHOWN = 5


def as_table(result: Result) -> str:
    """Return figures and verdict in two columns, and the first violations of each kind."""
    lines = ["", "figures"]
    for name, value in result.figures.items():
        if isinstance(value, dict):
            lines += [f"    {kind:<42}{number:>10}" for kind, number in value.items()]
        else:
            lines.append(f"  {name.replace('_', ' '):<44}{value:>10}")
    lines += ["", "verdict (each must be 0)"]
    lines += [f"  {kind.replace('_', ' '):<44}{n:>10}" for kind, n in result.verdict.counts.items()]
    for kind, found in result.verdict.violations.items():
        lines += [f"! {kind}: {sentence}" for sentence in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"! {kind}: and {len(found) - SHOWN} more")
    return "\n".join(lines)


def to_json(result: Result, faults: list[Fault], settings: dict[str, object]) -> str:
    """Return the whole result as JSON."""
    return json.dumps(
        {
            "settings": settings,
            "is_clean": result.verdict.is_clean,
            "verdict": result.verdict.counts,
            "violations": result.verdict.violations,
            "figures": result.figures,
            "schedule": as_json(faults),
        },
        indent=2,
    )
