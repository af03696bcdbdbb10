"""Measure several processes, several Redis servers, and other ASGI servers on one machine."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import uvloop

from bench.compare import Effort, Say, measure, median
from bench.dataset import Dataset
from bench.delivery import Delivery, deliver
from bench.endpoints import LIST, SEND, Endpoint
from bench.processes import Served, daphne, product
from bench.quota import SHARE, can_hold, hold
from bench.wrk import Figures
from tests.backends import Redis


@dataclass(frozen=True)
class Variant:
    """One set-up of the product."""

    name: str
    send: Figures
    list: Figures
    delivery: Delivery


def vary_processes(data: Dataset, redis_url: str, effort: Effort, say: Say) -> list[Variant]:
    """Measure one, two and four web processes behind one port."""
    servers = {
        f"web processes: {count}": product(data.database_url, redis_url, count)
        for count in (1, 2, 4)
    }
    return _measure(servers, data, effort, say)


def vary_held_processes(data: Dataset, redis_url: str, effort: Effort, say: Say) -> list[Variant]:
    """Measure one, two and four web processes, each limited to a share of a core."""
    if not can_hold():
        say("  Limiting processes to a share of a core needs root and cgroups v1.")
        return []
    servers = {
        f"web processes of {SHARE} of a core: {count}": product(data.database_url, redis_url, count)
        for count in (1, 2, 4)
    }
    return _measure(servers, data, effort, say, held=True)


def vary_redis(data: Dataset, redis_url: str, effort: Effort, say: Say) -> list[Variant]:
    """Measure two web processes on one Redis server, and two processes on two servers."""
    with Redis(own=True) as second:
        servers = {
            f"web processes: 2, Redis: {urls.count(',') + 1}": product(data.database_url, urls, 2)
            for urls in (redis_url, f"{redis_url},{second.url}")
        }
        return _measure(servers, data, effort, say)


def vary_servers(data: Dataset, redis_url: str, effort: Effort, say: Say) -> list[Variant]:
    """Measure one process in daphne, and one in uvicorn with one to eight API threads."""
    servers = {"daphne, API threads: 4": daphne(data.database_url, redis_url)}
    for count in (1, 2, 4, 8):
        served = product(data.database_url, redis_url, API_THREADS=str(count))
        servers[f"uvicorn, API threads: {count}"] = served
    return _measure(servers, data, effort, say)


def _measure(
    servers: Mapping[str, Served], data: Dataset, effort: Effort, say: Say, *, held: bool = False
) -> list[Variant]:
    """
    Measure the rates of all set-ups alternately, in rounds, so that other load affects all equally.

    Deliveries are measured only once for each set-up, one set-up after the other.
    """
    with ExitStack() as stack:
        for server in servers.values():
            stack.enter_context(server)
            if held:
                server.wait_until_idle()
                stack.enter_context(hold(server.pids()))
        sends = _measure_in_turn(SEND, servers, data, effort)
        lists = _measure_in_turn(LIST, servers, data, effort)
        deliveries = {
            name: uvloop.run(deliver(server, seconds=effort.seconds, rate=None))
            for name, server in servers.items()
        }
    for name in servers:
        say(f"  {name}: send {sends[name].rate:.0f}/s, list {lists[name].rate:.0f}/s")
    return [Variant(name, sends[name], lists[name], deliveries[name]) for name in servers]


def _measure_in_turn(
    endpoint: Endpoint, servers: Mapping[str, Served], data: Dataset, effort: Effort
) -> dict[str, Figures]:
    """Return the median round of each set-up; the first round is a warm-up and does not count."""
    requests = endpoint.requests(data)
    runs: dict[str, list[Figures]] = {name: [] for name in servers}
    for _ in range(1 + effort.rounds):
        for name, server in servers.items():
            runs[name].append(measure(endpoint, server, data, requests, effort))
    return {name: median(found[1:]) for name, found in runs.items()}
