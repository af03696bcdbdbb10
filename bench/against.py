"""
Compare this commit's speed with another commit's: `python -m bench.against REF [--rounds 3]`.

Each round runs the endpoint benchmarks of both commits, one after the other, on this machine. Each
commit uses its own code, tables, dataset and floor. An endpoint's ratio is the product's rate divided
by the floor's rate. The table shows the medians of the rounds: the ratios, and because the floors differ
too, the product's processor time per request and its statements. The exit code is 1 if an endpoint's
ratio is lower than the other commit's by more than LOSS of that ratio.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOSS = 0.05
Ratios = dict[str, list[float]]
# By "now" and "before", then by endpoint.
Sides = dict[str, Ratios]


def main() -> int:
    """Measure both commits, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__)
    parser.add_argument("ref", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rates, costs, counts = _sides(), _sides(), _sides()
    with checked_out("HEAD") as now, checked_out(arguments.ref) as before:
        for _ in range(arguments.rounds):
            for name, folder in (("before", before), ("now", now)):
                for row in measure(folder):
                    rates[name][row["endpoint"]].append(get_ratio(row))
                    costs[name][row["endpoint"]].append(row["product"]["cpu_ms"])
                    counts[name][row["endpoint"]].append(row["statements"])
            print_rows(rates, costs, counts)
    return 1 if any(loss > LOSS for loss in get_losses(rates)) else 0


def _sides() -> Sides:
    return {"before": defaultdict(list), "now": defaultdict(list)}


@contextmanager
def checked_out(ref: str) -> Iterator[Path]:
    """Yield a temporary folder with the files of a commit, without uncommitted changes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tree"
        _git("worktree", "add", "--quiet", "--detach", str(path), ref)
        try:
            yield path
        finally:
            _git("worktree", "remove", "--force", str(path))


def measure(folder: Path) -> list[dict[str, Any]]:
    """Run the endpoint benchmarks in a folder, and return the rows of the table."""
    command = [sys.executable, "-m", "bench", "--scenario", "endpoints", "--rounds", "3"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    rows: list[dict[str, Any]] = json.loads((folder / "bench/results.json").read_text())["rows"]
    return rows


def get_ratio(row: dict[str, Any]) -> float:
    """Return the product's rate divided by the floor's rate."""
    floor, product = row["floor"], row["product"]
    return float(
        (product["requests"] / product["seconds"]) / (floor["requests"] / floor["seconds"])
    )


def get_losses(rates: Sides) -> list[float]:
    """Return the share of the other commit's median ratio that each endpoint has lost."""
    return [
        1 - median(found) / median(rates["before"][name]) for name, found in rates["now"].items()
    ]


def print_rows(rates: Sides, costs: Sides, counts: Sides) -> None:
    heads = ("ratio", "before", "CPU ms", "before", "statements", "before")
    print(f"\n{'endpoint':20}" + "".join(f" {head:>10}" for head in heads))
    for name in rates["now"]:
        found = [
            median(each[name])
            for sides in (rates, costs, counts)
            for each in (sides["now"], sides["before"])
        ]
        print(f"{name:20}" + "".join(f" {each:10.2f}" for each in found), flush=True)


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
