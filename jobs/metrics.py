"""Serves the metrics of all processes of a server, and of the table of jobs, at a port of their own."""

import os
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIServer

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from api import metrics

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class JobCollector:
    """Reads the live jobs when Prometheus asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        counts = GaugeMetricFamily(
            "messaging_jobs", "Waiting and running jobs, by kind.", labels=("kind", "state")
        )
        ages = GaugeMetricFamily(
            "messaging_job_oldest_due_seconds",
            "For how long the oldest due job of a kind has waited.",
            labels=("kind",),
        )
        answers = GaugeMetricFamily(
            "messaging_database_up", "1 if the table of jobs can be read, else 0."
        )
        try:
            _read_jobs(counts, ages)
            answers.add_metric((), 1)
        except DatabaseError:
            answers.add_metric((), 0)
        finally:
            connection.close()
        yield from (counts, ages, answers)


def _read_jobs(counts: GaugeMetricFamily, ages: GaugeMetricFamily) -> None:
    from jobs.selectors import list_live_jobs  # noqa: PLC0415 - needs the apps

    oldest: dict[str, float] = {}
    for row in list_live_jobs():
        counts.add_metric((row.kind, row.state), row.jobs)
        oldest[row.kind] = max(oldest.get(row.kind, 0.0), row.oldest_due_seconds)
    for kind, seconds in oldest.items():
        ages.add_metric((kind,), seconds)


class LiveProcesses(MultiProcessCollector):
    """Adds the numbers of all processes, and forgets the gauges of those that have ended."""

    def collect(self) -> Iterator[object]:
        for path in Path(os.environ[FOLDER]).glob("gauge_live*_*.db"):
            pid = int(path.stem.rpartition("_")[2])
            if not Path(f"/proc/{pid}").exists():
                mark_process_dead(pid)  # type: ignore[no-untyped-call]  # untyped in the library
        yield from super().collect()  # type: ignore[no-untyped-call]  # as above


def serve_metrics() -> WSGIServer | None:
    """
    Serve metrics at METRICS_HOST and METRICS_PORT in a thread, if the port is set.

    With several processes, the caller has set PROMETHEUS_MULTIPROC_DIR before the first import of
    `api.metrics`. Raise ImproperlyConfigured if the port cannot be used.
    """
    if not settings.METRICS_PORT:
        return None
    if not apps.ready:
        django.setup()
    try:
        server, _ = start_http_server(settings.METRICS_PORT, settings.METRICS_HOST, _registry())
    except OSError as error:
        raise ImproperlyConfigured(
            f"METRICS_PORT: cannot listen on {settings.METRICS_HOST}, port {settings.METRICS_PORT}: "
            f"{error.strerror}. Use a free port."
        ) from error
    return server


def _registry() -> CollectorRegistry:
    """Return a registry of what this process counts, or all processes of the server, and of the jobs."""
    registry = CollectorRegistry()
    if FOLDER in os.environ:
        LiveProcesses(registry)  # type: ignore[no-untyped-call]  # as above
    else:
        registry.register(metrics.registry)
    registry.register(JobCollector())
    return registry
