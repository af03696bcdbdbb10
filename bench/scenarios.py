"""What several processes, and several Redis servers, change on one machine."""

from dataclasses import dataclass

import uvloop

from bench.compare import Effort, Say, measure
from bench.dataset import Dataset
from bench.delivery import Delivery, deliver
from bench.endpoints import LIST, SEND
from bench.processes import Served, daphne, product
from bench.wrk import Figures
from tests.backends import Redis


@dataclass(frozen=True)
class Variant:
    """One way to set the product up."""

    name: str
    send: Figures
    list: Figures
    delivery: Delivery


def vary_processes(data: Dataset, redis_url: str, effort: Effort, say: Say) -> list[Variant]:
    """Measure one, two and four web processes behind one port."""
    return [
        _measure(
            f"web processes: {count}",
            product(data.database_url, redis_url, count),
            data,
            effort,
            say,
        )
        for count in (1, 2, 4)
    ]


def vary_redis(data: Dataset, redis_url: str, effort: Effort, say: Say) -> list[Variant]:
    """Measure two web processes on one Redis server, then on two."""
    with Redis(own=True) as second:
        return [
            _measure(
                f"web processes: 2, Redis: {urls.count(',') + 1}",
                product(data.database_url, urls, 2),
                data,
                effort,
                say,
            )
            for urls in (redis_url, f"{redis_url},{second.url}")
        ]


def vary_servers(data: Dataset, redis_url: str, effort: Effort, say: Say) -> list[Variant]:
    """Measure one process in daphne, then in uvicorn with more and more API threads."""
    others = [
        (
            f"uvicorn, API threads: {count}",
            product(data.database_url, redis_url, API_THREADS=str(count)),
        )
        for count in (1, 2, 4, 8)
    ]
    servers = [("daphne, API threads: 4", daphne(data.database_url, redis_url)), *others]
    return [_measure(name, server, data, effort, say) for name, server in servers]


def _measure(name: str, served: Served, data: Dataset, effort: Effort, say: Say) -> Variant:
    with served as server:
        variant = Variant(
            name,
            send=measure(SEND, server, data, SEND.requests(data), effort),
            list=measure(LIST, server, data, LIST.requests(data), effort),
            delivery=uvloop.run(deliver(server, seconds=effort.seconds, rate=None)),
        )
    say(f"  {name}: send {variant.send.rate:.0f}/s, list {variant.list.rate:.0f}/s")
    return variant
