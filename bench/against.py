"""
Compare this commit's speed with another commit's: `python -m bench.against REF [--rounds 3]`.

Each round runs the endpoint benchmarks of both commits, one after the other, on this machine. Each
commit uses its own code, tables, dataset and floor. An endpoint's ratio is the product's rate divided
by the floor's rate. The table shows the median of the rounds. The exit code is 1 if an endpoint's ratio
is lower than with the other commit by more than LOSS.
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
LOSS = 0.03
Ratios = dict[str, list[float]]


def main() -> int:
    """Measure both commits, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__)
    parser.add_argument("ref", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rates: dict[str, Ratios] = {"before": defaultdict(list), "now": defaultdict(list)}
    costs: dict[str, Ratios] = {"before": defaultdict(list), "now": defaultdict(list)}
    with checked_out("HEAD") as now, checked_out(arguments.ref) as before:
        for _ in range(arguments.rounds):
            for name, folder in (("before", before), ("now", now)):
                for row in measure(folder):
                    rate, cost = get_ratios(row)
                    rates[name][row["endpoint"]].append(rate)
                    costs[name][row["endpoint"]].append(cost)
                print_rows(rates, costs)
    return 1 if any(loss > LOSS for loss in get_losses(rates)) else 0


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


def get_ratios(row: dict[str, Any]) -> tuple[float, float]:
    """Return product rate divided by floor rate, and floor CPU time divided by product CPU time."""
    floor, product = row["floor"], row["product"]
    rate = (product["requests"] / product["seconds"]) / (floor["requests"] / floor["seconds"])
    return rate, floor["cpu_ms"] / product["cpu_ms"]


def get_losses(rates: dict[str, Ratios]) -> list[float]:
    """Return, for each endpoint, the other commit's median ratio minus the current one."""
    return [median(rates["before"][name]) - median(found) for name, found in rates["now"].items()]


def print_rows(rates: dict[str, Ratios], costs: dict[str, Ratios]) -> None:
    print(f"\n{'endpoint':20} {'ratio':>8} {'before':>8} {'of CPU':>8} {'before':>8}")
    for name in rates["now"]:
        found = [
            median(each[name]) for side in (rates, costs) for each in (side["now"], side["before"])
        ]
        print(f"{name:20} " + " ".join(f"{each:8.2f}" for each in found), flush=True)


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
