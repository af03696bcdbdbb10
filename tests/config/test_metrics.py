"""Metrics: what is counted, where it is served, and the alert rules that use it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from api import metrics
from api.exceptions import TooFast
from api.throttling import cached_retry_after, hit, try_hit
from config import serve
from config.environment import InvalidEnvironment
from jobs import metrics as jobs_metrics
from jobs.metrics import JobCollector, serve_metrics
from jobs.models import Job
from messaging.models import Conversation
from tests.backends import find_free_port
from tests.factories import tokens_of
from tests.running.coverage import ROOT
from tests.system.people import Person, eventually
from tests.system.server import WebServer
from users.models import User

RULES = yaml.safe_load((ROOT / "docs/deploy/alerts.yml").read_text())["groups"][0]["rules"]


def value_of(name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def read_metrics(port: int) -> dict[str, float]:
    """Return the samples that a server exposes: {name with labels: value}."""
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics").text.splitlines()
    pairs = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


@pytest.fixture
def served(transactional_db: None) -> Iterator[tuple[WebServer, int]]:
    """A server with two processes where it can have two, and the port of its metrics."""
    port = find_free_port()
    with WebServer(METRICS_PORT=str(port), WEB_CONCURRENCY="2") as server:
        yield server, port


def test_server_shows_requests_sends_sockets_events_and_jobs(
    served: tuple[WebServer, int], alice: User, bob: User, conversation: Conversation
) -> None:
    server, port = served
    alices, bobs = (Person(server, tokens_of(each)) for each in (alice, bob))
    with bobs.socket(conversation.pk) as socket:
        alices.send(conversation.pk, "squats")
        socket.receive_until("new_message")

        def find() -> dict[str, float] | None:
            found = read_metrics(port)
            return found if found.get("messaging_events_published_total") else None

        found = eventually(find)

    route = "api/messaging/conversations/<id:conversation_id>/send/"
    labels = f'{{method="POST",route="{route}",status="201"}}'
    assert found[f"messaging_request_duration_seconds_count{labels}"] == 1
    assert found["messaging_sends_total"] == 1
    assert found["messaging_open_sockets"] == 1
    assert found["messaging_database_up"] == 1
    assert any(each.startswith("messaging_jobs{") for each in found)
    assert any(each.startswith("messaging_database_pool{") for each in found)
    assert httpx.get(f"{server.url}/metrics").status_code == 404


@pytest.mark.django_db
def test_jobs_are_counted_by_kind_with_the_age_of_the_oldest() -> None:
    now = timezone.now()
    Job.objects.create(kind="a", due_at=now - timedelta(seconds=600))
    Job.objects.create(kind="a", due_at=now + timedelta(seconds=600))
    Job.objects.create(kind="b", due_at=now + timedelta(seconds=600))

    counts, ages, answers = JobCollector().collect()

    assert samples_of(counts) == {("a", "waiting"): 2, ("b", "waiting"): 1}
    seconds = samples_of(ages)
    assert 600 <= seconds[("a",)] < 700
    assert seconds[("b",)] == 0
    assert samples_of(answers) == {(): 1}


def samples_of(family: GaugeMetricFamily) -> dict[tuple[str, ...], float]:
    return {tuple(each.labels.values()): each.value for each in family.samples}


@pytest.mark.django_db
def test_jobs_that_cannot_be_read_are_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Job._meta, "db_table", "no_such_table")

    counts, _, answers = JobCollector().collect()

    assert (samples_of(counts), samples_of(answers)) == ({}, {(): 0})


@pytest.mark.django_db
def test_refused_uses_are_counted_by_scope(settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "user": "1/minute"}
    before = value_of("messaging_throttled_total", scope="user")

    hit("user", 1)
    with pytest.raises(TooFast):
        hit("user", 1)
    assert not try_hit("user", 1)
    assert cached_retry_after("user", 1) > 0

    assert value_of("messaging_throttled_total", scope="user") == before + 3


@pytest.mark.without_servers
def test_metrics_are_off_by_default_and_an_occupied_port_is_named(settings: Any) -> None:
    assert serve_metrics() is None
    settings.METRICS_PORT = find_free_port()

    server = serve_metrics()
    with pytest.raises(ImproperlyConfigured, match="METRICS_PORT: cannot listen on "):
        serve_metrics()

    assert server
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_gauges_of_ended_processes_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(jobs_metrics.FOLDER, str(tmp_path))
    code = "from api import metrics; metrics.open_sockets.inc(5)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.glob("gauge_live*"))

    registry = jobs_metrics._registry()

    assert registry.get_sample_value("messaging_open_sockets") is None
    assert list(tmp_path.glob("gauge_live*")) == []


@pytest.mark.without_servers
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alert_uses_metrics_that_exist(rule: dict[str, Any]) -> None:
    ours = {each.name for each in metrics.registry.collect()}
    of_jobs = {"messaging_jobs", "messaging_job_oldest_due_seconds", "messaging_database_up"}
    names = set(re.findall(r"messaging_[a-z_]+", rule["expr"]))

    assert names
    assert {re.sub(r"_(total|count|sum|bucket)$", "", each) for each in names} <= ours | of_jobs
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert rule["expr"].count("(") == rule["expr"].count(")")


@pytest.mark.without_servers
def test_metrics_that_cannot_be_served_stop_the_start(
    settings: Any,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.METRICS_PORT = taken.getsockname()[1]

        with pytest.raises(InvalidEnvironment, match="METRICS_PORT"):
            serve._serve_metrics()
