"""
What each process counts for Prometheus. `jobs.metrics` serves the numbers, if METRICS_PORT is set.

Labels have few values: never ids, paths or addresses.
"""

import time
from functools import cache
from typing import Any

from django.db import connection
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
POOL_SECONDS = 1.0

requests = Histogram(
    "messaging_request_duration_seconds",
    "Requests by method, route and status, with their durations.",
    ("method", "route", "status"),
    buckets=BUCKETS,
    registry=registry,
)
sends = Counter("messaging_sends", "Messages that were accepted and stored.", registry=registry)
open_sockets = Gauge(
    "messaging_open_sockets", "Open sockets.", registry=registry, multiprocess_mode="livesum"
)
events_published = Counter(
    "messaging_events_published", "Events sent to the channel layer.", registry=registry
)
events_dropped = Counter(
    "messaging_events_dropped", "Events dropped, because the layer was away.", registry=registry
)
holes_filled = Counter(
    "messaging_holes_filled",
    "Gaps in a socket's events, filled from the database.",
    registry=registry,
)
replays = Counter(
    "messaging_replays", "Changes replayed to a socket that opened.", registry=registry
)
pushes = Counter(
    "messaging_pushes",
    "Notifications by service and outcome.",
    ("service", "outcome"),
    registry=registry,
)
unread_mails = Counter(
    "messaging_unread_mails",
    "Emails about unread messages by outcome of each attempt.",
    ("outcome",),
    registry=registry,
)
throttled = Counter(
    "messaging_throttled", "Uses refused, by the scope of the limit.", ("scope",), registry=registry
)
pool = Gauge(
    "messaging_database_pool",
    "Connections of all processes: size, available, and requests waiting for one.",
    ("state",),
    registry=registry,
    multiprocess_mode="livesum",
)


@cache
def request_child(method: str, route: str, status: int) -> Any:
    """Return the histogram of these labels; `labels()` itself takes a lock and sorts its arguments."""
    return requests.labels(method, route, str(status))


class PoolGauge:
    """Copies the statistics of this process's connection pool, at most once a second."""

    def __init__(self) -> None:
        self._next = 0.0

    def update(self) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + POOL_SECONDS
        stats: dict[str, int] = {}
        if connection.vendor == "postgresql" and (found := getattr(connection, "pool", None)):
            stats = found.get_stats()
        pool.labels("size").set(stats.get("pool_size", 0))
        pool.labels("available").set(stats.get("pool_available", 0))
        pool.labels("waiting").set(stats.get("requests_waiting", 0))


pool_gauge = PoolGauge()
