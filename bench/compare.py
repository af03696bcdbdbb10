"""Holds the product against the floor, endpoint by endpoint, on one dataset."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle, islice

import httpx

from bench.dataset import Dataset
from bench.endpoints import ENDPOINTS, Endpoint
from bench.processes import Served
from bench.servers import Statements
from bench.wrk import Figures, Request, load

COUNTED = 20
"""Requests over which statements are counted."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How long and how wide each measurement is."""

    seconds: int
    rounds: int
    connections: int


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


def compare(floor: Served, product: Served, data: Dataset, effort: Effort, say: Say) -> list[Row]:
    """Measure every endpoint on both, in turn, so that both see the same weather."""
    rows = []
    for endpoint in ENDPOINTS:
        row = _compare(endpoint, floor, product, data, effort)
        say(f"  {row.endpoint}: {row.product.rate:.0f}/s, {row.ratio:.2f} of the floor")
        rows.append(row)
    return rows


def _compare(
    endpoint: Endpoint, floor: Served, product: Served, data: Dataset, effort: Effort
) -> Row:
    requests = endpoint.requests(data)
    _ensure_same_size(floor, product, requests)
    statements = _count_statements(product, data, requests)
    runs: dict[Served, list[Figures]] = {floor: [], product: []}
    for server in (floor, product):
        load(server, requests, seconds=1, connections=effort.connections)
    for _ in range(effort.rounds):
        for server, figures in runs.items():
            figures.append(measure(endpoint, server, data, requests, effort))
    return Row(
        endpoint=endpoint.name,
        messages=data.total,
        floor=_median(runs[floor]),
        product=_median(runs[product]),
        statements=statements,
        least=endpoint.least,
        most_statements=endpoint.statements,
    )


def measure(
    endpoint: Endpoint, server: Served, data: Dataset, requests: list[Request], effort: Effort
) -> Figures:
    """Drive a server with one endpoint; of read marks, make sure that each has marked one message."""
    if endpoint.marks:
        data.unread_again()
    figures = load(server, requests, seconds=effort.seconds, connections=effort.connections)
    if endpoint.marks:
        marked = data.unread_again()
        # At the end a connection has one that is answered too late to count, and one under way.
        if not figures.requests <= marked <= figures.requests + 2 * effort.connections:
            raise RuntimeError(f"{figures.requests} requests marked {marked} messages")
    return figures


def _median(runs: list[Figures]) -> Figures:
    return sorted(runs, key=lambda each: each.rate)[len(runs) // 2]


def _ensure_same_size(floor: Served, product: Served, requests: list[Request]) -> None:
    """Refuse to compare answers of different sizes."""
    ours, least = (len(_ask(server, requests[0]).content) for server in (product, floor))
    if not 0.9 < ours / least < 1.1:
        raise RuntimeError(f"{requests[0].path}: {ours} bytes, but the floor answers {least}")


def _count_statements(product: Served, data: Dataset, requests: list[Request]) -> float:
    waiting = cycle(requests)
    # A new connection has statements of its own.
    _ask_all(product, islice(waiting, COUNTED))
    with Statements(data.database_url) as statements:
        _ask_all(product, islice(waiting, COUNTED))
    return statements.count / COUNTED


def _ask_all(server: Served, requests: Iterable[Request]) -> None:
    for request in requests:
        _ask(server, request)


def _ask(server: Served, request: Request) -> httpx.Response:
    headers = {"Authorization": f"Bearer {request.token}", "Content-Type": "application/json"}
    content = request.body.replace("@", str(uuid.uuid4()))
    url = server.url + request.path
    response = httpx.request(request.method, url, headers=headers, content=content, trust_env=False)
    return response.raise_for_status()
