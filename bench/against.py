"""
Compare this commit's speed with another commit's: `python -m bench.against REF [--rounds 15]`.

The servers of both commits, each with its own code, tables, dataset and floor, run at the same time. They
are measured in turn, a second each, so that the machine's other load and speed affect all equally. An
endpoint's ratio is the product's rate divided by the floor's rate. The table shows the medians of the
rounds: the ratios, and the product's processor time per request. The exit code is 1 if an endpoint's ratio
is lower than the other commit's by more than LOSS of that ratio.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.compare import index_all
from bench.dataset import Dataset
from bench.endpoints import ENDPOINTS, Endpoint
from bench.processes import Served, floor, product
from bench.servers import counting_postgres, create_database
from bench.wrk import Figures, Request, ensure_installed, load
from tests.backends import Redis

ROOT = Path(__file__).resolve().parent.parent
LOSS = 0.05
MESSAGES = 100
CONNECTIONS = 16
# Run in the folder of a commit: its code creates its tables.
FILL = """
import sys
from bench.dataset import Dataset
from bench.processes import prepare
database_url, redis_url, messages = sys.argv[1:]
prepare(database_url, redis_url)
Dataset(database_url, int(messages)).fill()
"""


@dataclass
class Side:
    """A commit with its servers, and what each round has found for the endpoint that is measured."""

    data: Dataset
    floor: Served
    product: Served
    ratios: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def measure(self, endpoint: Endpoint, requests: list[Request]) -> None:
        """Measure both servers once."""
        least = self._load(self.floor, endpoint, requests)
        ours = self._load(self.product, endpoint, requests)
        self.ratios.append(ours.rate / least.rate)
        self.costs.append(ours.cpu_ms)

    def _load(self, server: Served, endpoint: Endpoint, requests: list[Request]) -> Figures:
        if self.data.has_search:
            index_all(self.product, self.data)
        if endpoint.marks:
            self.data.unread_again()
        return load(server, requests, seconds=1, connections=CONNECTIONS)


def main() -> int:
    """Measure both commits, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__)
    parser.add_argument("ref", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    ensure_installed()
    print(f"{'endpoint':20} {'ratio':>10} {'before':>10} {'CPU ms':>10} {'before':>10}", flush=True)
    with ExitStack() as stack:
        now, before = start(stack, arguments.ref)
        losses = [compare(each, now, before, arguments.rounds) for each in ENDPOINTS]
    return 1 if max(losses) > LOSS else 0


def start(stack: ExitStack, ref: str) -> list[Side]:
    """Start the servers of this commit and of another one."""
    database_url = stack.enter_context(counting_postgres(durable=False)).url
    redis_url = stack.enter_context(Redis(own=True)).url
    sides = []
    for name, commit in (("now", "HEAD"), ("before", ref)):
        folder = stack.enter_context(checked_out(commit))
        url = create_database(database_url, name)
        fill = [sys.executable, "-c", FILL, url, redis_url, str(MESSAGES)]
        subprocess.run(fill, cwd=folder, check=True)
        servers = floor(url, redis_url), product(url, redis_url)
        for server in servers:
            server.folder = folder
            stack.enter_context(server).wait_until_idle()
        sides.append(Side(Dataset(url, MESSAGES), *servers))
    return sides


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


def compare(endpoint: Endpoint, now: Side, before: Side, rounds: int) -> float:
    """Measure an endpoint, print its row, and return the share of the ratio that was lost."""
    for side in (now, before):
        side.ratios.clear()
        side.costs.clear()
    requests = endpoint.requests(now.data)
    # The first round is a warm-up, and does not count.
    for count in range(1 + rounds):
        for side in (now, before) if count % 2 else (before, now):
            side.measure(endpoint, requests)
    ratios = [median(each.ratios[1:]) for each in (now, before)]
    costs = [median(each.costs[1:]) for each in (now, before)]
    found = "".join(f" {each:10.2f}" for each in (*ratios, *costs))
    print(f"{endpoint.name:20}{found}", flush=True)
    return 1 - ratios[0] / ratios[1]


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
