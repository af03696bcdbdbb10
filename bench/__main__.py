"""
Compare the product with a minimal server (the floor), on temporary PostgreSQL and Redis servers.

`python -m bench` takes two minutes on the small dataset; `--full` adds a larger dataset and runs every
scenario. bench/README.md explains the tables. The exit code is 1 if a request failed, or if a message
was lost, duplicated or out of order; a missed target does not change it. It is 2 if a tool or a server
is not available.
"""

import argparse
import signal
import sys
from contextlib import ExitStack
from types import FrameType
from typing import NoReturn

import psycopg
import uvloop

from bench import machine
from bench.browser import Waits, wait_in_browsers
from bench.compare import Effort, Row, Side, compare
from bench.dataset import CONVERSATIONS, Dataset
from bench.delivery import Delivery, deliver
from bench.idle import allow_files, hold_idle
from bench.photo_trip import PhotoTrips, send_photos
from bench.processes import floor, prepare, product
from bench.report import Results
from bench.scenarios import vary_held_processes, vary_processes, vary_redis, vary_servers
from bench.search import Search, fill_searchable, measure_searches
from bench.servers import copy_database, counting_postgres
from bench.wrk import Unavailable, ensure_installed
from tests.backends import BackendUnavailable, Redis
from tests.e2e.chromium import ChromiumUnavailable, find_chromium

SCENARIOS = (
    *("endpoints", "sockets", "processes", "redis", "servers"),
    *("browser", "photo", "search"),
)
QUICK = {
    "sizes": [100],
    "seconds": 2,
    "rounds": 2,
    "sockets": 1000,
    "messages": 200,
    "photos": 10,
    "searched": [100, 1000],
}
FULL = {
    "sizes": [100, 1000],
    "seconds": 5,
    "rounds": 3,
    "sockets": 5000,
    "messages": 500,
    "photos": 30,
    "searched": [100, 1000, 10000],
}


def main() -> int:
    """Run the requested measurements and print the tables."""
    arguments = _parse()
    signal.signal(signal.SIGTERM, _leave)
    try:
        _ensure_tools(arguments.scenarios)
        allow_files(arguments.sockets)
        results = run(arguments)
    except (BackendUnavailable, ChromiumUnavailable, Unavailable) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{results.as_text()}")
    results.save()
    return 1 if _has_failed(results) else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Compare the product with a minimal server."
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--quick", dest="kind", action="store_const", const=QUICK, default=QUICK)
    kind.add_argument("--full", dest="kind", action="store_const", const=FULL)
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        help="messages in each of the 1,500 conversations (--full: 100 1000; 10000 is 15 million)",
    )
    parser.add_argument(
        "--searched",
        type=int,
        nargs="+",
        help="the same for searches (--full: also 10000, 15 million)",
    )
    parser.add_argument("--seconds", type=int, help="duration of each measurement")
    parser.add_argument(
        "--rounds", type=int, help="rounds of each measurement; the median is reported"
    )
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--sockets", type=int, help="number of idle sockets")
    parser.add_argument("--messages", type=int, help="messages from browser to browser")
    parser.add_argument("--photos", type=int, help="photos from browser to browser")
    parser.add_argument("--scenario", choices=SCENARIOS, help="run only this scenario")
    parser.add_argument("--no-fsync", dest="durable", action="store_false")
    arguments = parser.parse_args()
    scenarios = SCENARIOS if arguments.kind is FULL else SCENARIOS[:2]
    arguments.scenarios = (arguments.scenario,) if arguments.scenario else scenarios
    for name, value in arguments.kind.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    return arguments


def _ensure_tools(scenarios: tuple[str, ...]) -> None:
    if {"browser", "photo"} & set(scenarios):
        find_chromium()
    if scenarios not in (("browser",), ("photo",), ("search",)):
        ensure_installed()


def run(arguments: argparse.Namespace) -> Results:
    """Start the servers and measure the scenarios one after the other."""
    results = Results(machine.describe(durable=arguments.durable))
    others = machine.Others()
    effort = Effort(arguments.seconds, arguments.rounds, arguments.connections)
    with ExitStack() as stack:
        postgres = stack.enter_context(counting_postgres(durable=arguments.durable))
        redis = stack.enter_context(Redis(own=True))
        prepare(postgres.url, redis.url)
        results.machine["postgresql"] = _version(postgres.url)
        datasets = [_fill(postgres.url, messages) for messages in sorted(set(arguments.sizes))]
        if "endpoints" in arguments.scenarios:
            results.rows = _measure_endpoints(datasets, redis.url, effort)
        data = datasets[min(1, len(datasets) - 1)]
        if "sockets" in arguments.scenarios:
            _measure_sockets(results, data, redis.url, effort, arguments.sockets)
        if "processes" in arguments.scenarios:
            results.processes = vary_processes(data, redis.url, effort, say)
            results.held = vary_held_processes(data, redis.url, effort, say)
        if "redis" in arguments.scenarios:
            results.redis = vary_redis(data, redis.url, effort, say)
        if "servers" in arguments.scenarios:
            results.servers = vary_servers(data, redis.url, effort, say)
        _measure_browsers(results, data, redis.url, arguments)
        if "search" in arguments.scenarios:
            results.searches = _measure_searches(postgres.url, redis.url, arguments.searched)
        results.machine["others_percent"] = others.percent()
    return results


def _fill(database_url: str, messages: int) -> Dataset:
    data = Dataset(copy_database(database_url, f"messages_{messages}"), messages)
    say(f"Filling in {data.total:,} messages")
    data.fill()
    return data


def _measure_endpoints(datasets: list[Dataset], redis_url: str, effort: Effort) -> list[Row]:
    with ExitStack() as stack:
        sides = [
            Side(
                data,
                floor=stack.enter_context(floor(data.database_url, redis_url)),
                product=stack.enter_context(product(data.database_url, redis_url)),
            )
            for data in datasets
        ]
        return compare(sides, effort, say)


def _measure_sockets(
    results: Results, data: Dataset, redis_url: str, effort: Effort, sockets: int
) -> None:
    seconds = effort.seconds * effort.rounds
    with product(data.database_url, redis_url) as server:
        highest = uvloop.run(deliver(server, seconds=seconds, rate=None))
        half = uvloop.run(deliver(server, seconds=seconds, rate=highest.rate / 2))
        results.deliveries = {"at the highest rate": highest, "at half of it": half}
        say(f"  delivery: {half.delivery_p50:.1f} ms at {half.rate:.0f}/s")
    with product(data.database_url, redis_url) as server:
        results.idle = uvloop.run(hold_idle(server, data, sockets, effort))
        say(f"  {sockets:,} idle sockets: {results.idle.kb_each:.0f} KB each")


def _measure_browsers(
    results: Results, data: Dataset, redis_url: str, arguments: argparse.Namespace
) -> None:
    if "browser" in arguments.scenarios:
        results.browser = wait_in_browsers(data, redis_url, arguments.messages)
        say(f"  browser to browser: {results.browser.other_p50:.0f} ms")
    if "photo" in arguments.scenarios:
        results.photos = send_photos(data, redis_url, arguments.photos)
        say(f"  a photo from browser to browser: {results.photos.photo:.0f} ms")


def _measure_searches(database_url: str, redis_url: str, sizes: list[int]) -> list[Search]:
    found = []
    for messages in sorted(set(sizes)):
        copy = copy_database(database_url, f"searched_{messages}")
        say(f"Filling in {messages * CONVERSATIONS:,} messages to search")
        found += measure_searches(fill_searchable(copy, messages), redis_url)
    return found


def _version(database_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        return str(connection.info.server_version // 10000)


def _has_failed(results: Results) -> bool:
    runs = [figures for row in results.rows for figures in (row.product, row.floor)]
    runs += [each.send for each in results.variants]
    deliveries: list[Delivery | Waits | PhotoTrips] = [*results.deliveries.values()]
    deliveries += [each.delivery for each in results.variants]
    deliveries += [each for each in (results.browser, results.photos) if each]
    return any(each.errors for each in runs) or any(each.wrong for each in deliveries)


def say(line: str) -> None:
    print(line, flush=True)


def _leave(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main())
