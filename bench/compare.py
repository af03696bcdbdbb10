"""Compare the product with the floor, for each endpoint and each dataset size."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import httpx

from bench.dataset import Dataset
from bench.endpoints import ENDPOINTS, Endpoint
from bench.processes import Served
from bench.servers import Statements
from bench.wrk import Figures, Request, load

COUNTED, TRIES = 20, 5
"""Statements are counted over 20 requests, five times. The fewest are without those of a job."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """Duration, rounds and connections of each measurement."""

    seconds: int
    rounds: int
    connections: int


@dataclass(frozen=True)
class Side:
    """One size of the dataset, with the floor and the product running on it."""

    data: Dataset
    floor: Served
    product: Served


@dataclass(frozen=True)
class Row:
    """One endpoint on one dataset."""

    endpoint: str
    messages: int
    floor: Figures
    product: Figures
    statements: float
    least: float
    most_statements: int

    @property
    def ratio(self) -> float:
        return self.product.rate / self.floor.rate


class Comparison:
    """One endpoint, on both servers of one dataset."""

    def __init__(self, endpoint: Endpoint, side: Side, effort: Effort) -> None:
        self._endpoint, self._side, self._effort = endpoint, side, effort
        self._requests = endpoint.requests(side.data)
        self._runs: dict[Served, list[Figures]] = {side.floor: [], side.product: []}

    def prepare(self) -> None:
        """Count the statements, and warm both servers up."""
        index_all(self._side.product, self._side.data)
        _ensure_same_size(self._side.floor, self._side.product, self._requests)
        self._statements = _count_statements(self._side.product, self._side.data, self._requests)
        for server in self._runs:
            load(server, self._requests, seconds=1, connections=self._effort.connections)

    def measure(self) -> None:
        """Measure each server once."""
        for server, figures in self._runs.items():
            run = measure(self._endpoint, server, self._side.data, self._requests, self._effort)
            figures.append(run)

    def result(self) -> Row:
        """Return the median round of each server."""
        return Row(
            endpoint=self._endpoint.name,
            messages=self._side.data.total,
            floor=median(self._runs[self._side.floor]),
            product=median(self._runs[self._side.product]),
            statements=self._statements,
            least=self._endpoint.least,
            most_statements=self._endpoint.statements,
        )


def compare(sides: Sequence[Side], effort: Effort, say: Say) -> list[Row]:
    """Measure every endpoint. Sizes and servers alternate, so that other load affects all equally."""
    rows = []
    for endpoint in ENDPOINTS:
        comparisons = [Comparison(endpoint, side, effort) for side in sides]
        for each in comparisons:
            each.prepare()
        for _ in range(effort.rounds):
            for each in comparisons:
                each.measure()
        found = [each.result() for each in comparisons]
        say("\n".join(map(_describe, found)))
        rows += found
    return sorted(rows, key=lambda row: row.messages)


def _describe(row: Row) -> str:
    found = f"{row.product.rate:.0f}/s, {row.ratio:.2f} of the floor"
    return f"  {row.endpoint}, {row.messages:,} messages: {found}"


def measure(
    endpoint: Endpoint, server: Served, data: Dataset, requests: list[Request], effort: Effort
) -> Figures:
    """
    Load one endpoint, while nothing is left to do for jobs.

    If its requests mark messages as read, check that each marked exactly one.
    """
    index_all(server, data)
    if endpoint.marks:
        data.unread_again()
    figures = load(server, requests, seconds=effort.seconds, connections=effort.connections)
    if endpoint.marks:
        marked = data.unread_again()
        # At the end, each connection has one response that came too late to count, and one in
        # flight.
        if not figures.requests <= marked <= figures.requests + 2 * effort.connections:
            raise RuntimeError(f"{figures.requests} requests marked {marked} messages")
    return figures


def index_all(server: Served, data: Dataset) -> None:
    """Index what was sent. Otherwise a job would do so while the next server is measured."""
    if data.count_unindexed():
        server.manage("index_messages")


def median(runs: list[Figures]) -> Figures:
    """Return the run with the median rate."""
    return sorted(runs, key=lambda each: each.rate)[len(runs) // 2]


def _ensure_same_size(floor: Served, product: Served, requests: list[Request]) -> None:
    """Raise RuntimeError if the response sizes differ by more than a tenth."""
    ours, least = (len(_ask(server, requests[0]).content) for server in (product, floor))
    if not 0.9 < ours / least < 1.1:
        raise RuntimeError(f"{requests[0].path}: {ours} bytes, but the floor returns {least}")


def _count_statements(product: Served, data: Dataset, requests: list[Request]) -> float:
    waiting = cycle(requests)
    # The first requests of a new connection run additional statements.
    _ask_all(product, islice(waiting, COUNTED))
    counts = []
    for _ in range(TRIES):
        with Statements(data.database_url) as statements:
            _ask_all(product, islice(waiting, COUNTED))
        counts.append(statements.count)
    return min(counts) / COUNTED


def _ask_all(server: Served, requests: Iterable[Request]) -> None:
    for request in requests:
        _ask(server, request)


def _ask(server: Served, request: Request) -> httpx.Response:
    headers = {"Authorization": f"Bearer {request.token}", "Content-Type": "application/json"}
    content = request.body.replace("@", str(uuid.uuid4()))
    url = server.url + request.path
    response = httpx.request(request.method, url, headers=headers, content=content, trust_env=False)
    return response.raise_for_status()
