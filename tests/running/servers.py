"""Starts the servers of a test run, and creates the environment of each pytest process."""

import os
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.backends import Postgres, Redis
from tests.backends.server import PORTS
from tests.running.plan import Run
from tests.running.template import make_sqlite_template, postgres_template

Environment = dict[str, str]

PORTS_PER_WORKER = 500
# Each server of the product that a worker's tests start keeps up to 17 connections.
MAX_CONNECTIONS = 500
NAMED_ELSEWHERE = ("DATABASE_URL", "REDIS_URL")
"""Variables that a checkout or a shell may have set, and that tests must not use."""
SLOW = ("PYTHONDONTWRITEBYTECODE",)
"""Variables that would have each of the thousand processes that the tests start compile the product."""


@contextmanager
def prepared(runs: Sequence[Run]) -> Iterator[dict[Run, Environment]]:
    """Start the servers of these runs; yield each run's environment. Raise BackendUnavailable."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="messaging-tests-")))
        ports = _list_port_ranges()
        backends = {run.backend for run in runs}
        shared = {name: SHARED[name](stack, folder) for name in sorted(backends)}
        is_alone = len(runs) == 1 and not runs[0].workers
        yield {
            run: _describe(run, shared[run.backend], stack, folder, ports, is_alone=is_alone)
            for run in runs
        }


def _share_embedded(stack: ExitStack, folder: Path) -> Environment:
    return {"TEST_TEMPLATE": make_sqlite_template(folder)}


def _share_production(stack: ExitStack, folder: Path) -> Environment:
    postgres = stack.enter_context(Postgres(max_connections=MAX_CONNECTIONS))
    template = stack.enter_context(postgres_template(postgres.url))
    return {"TEST_TEMPLATE": template, "DATABASE_URL": postgres.url}


SHARED = {"embedded": _share_embedded, "production": _share_production}


def _describe(
    run: Run,
    shared: Environment,
    stack: ExitStack,
    folder: Path,
    ports: Iterator[str],
    *,
    is_alone: bool,
) -> Environment:
    """Return the environment of a run, with database names that no other run uses."""
    workers = range(max(1, run.workers))
    own = {
        "TEST_BACKEND": run.backend,
        "PYTEST_PLUGINS": "tests.running.worker",
        "TEST_PORT_RANGES": " ".join(next(ports) for _ in workers),
        **({"TEST_WHOLE": "1"} if run.is_whole else {}),
    }
    if run.backend == "embedded":
        own["TEST_SQLITE_NAME"] = str(folder / f"{run.name}.sqlite3")
    else:
        server = shared["DATABASE_URL"].rpartition("/")[0]
        own["DATABASE_URL"] = f"{server}/{run.name.replace('-', '_')}_{os.getpid()}"
        # A published message reaches all databases of a Redis, so each worker has its own server.
        # Only when a single run is in progress, without workers, does it use the server that
        # TEST_REDIS_URL names.
        urls = [stack.enter_context(Redis(own=not is_alone)).url for _ in workers]
        own |= {"REDIS_URL": urls[0], "TEST_REDIS_URLS": " ".join(urls)}
    return {**inherit(os.environ), **shared, **own}


def inherit(environment: Mapping[str, str]) -> Environment:
    """Return those variables of a shell's environment that the test runs keep."""
    return {k: v for k, v in environment.items() if k not in (*NAMED_ELSEWHERE, *SLOW)}


def _list_port_ranges() -> Iterator[str]:
    """Return disjoint port ranges, in random order because another checkout may be tested as well."""
    firsts = list(range(PORTS.start, PORTS.stop, PORTS_PER_WORKER))
    random.shuffle(firsts)
    return (f"{first}-{first + PORTS_PER_WORKER - 1}" for first in firsts)
