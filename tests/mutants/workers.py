"""The processes that run tests against mutants, and the requests to them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from threading import Lock
from typing import Any

from tests.mutants.forking import Reply
from tests.mutants.options import OPTIONS, ROOT
from tests.mutants.scope import list_test_arguments
from tests.running.plan import Run
from tests.running.servers import Environment, prepared

LOGS = ROOT / "var/mutants"


class Worker:
    """A process that answers each line of input with one line of output."""

    def __init__(self, name: str, command: Sequence[str], environment: Environment) -> None:
        LOGS.mkdir(parents=True, exist_ok=True)
        with (LOGS / f"{name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.name = name
        self._lock = Lock()

    @cached_property
    def hello(self) -> Reply:
        """The first line of the worker, which it writes when it is ready."""
        return self._read()

    def ask(self, **request: Any) -> Reply:
        """Send a request, and return the reply. Raise RuntimeError if the process has ended."""
        assert self.process.stdin
        with self._lock:
            assert self.hello
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            return self._read()

    def _read(self) -> Reply:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} has ended: see {LOGS / self.name}.log")
        reply: Reply = json.loads(line)
        return reply

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


@contextmanager
def collected_workers(backend: str, count: int) -> Iterator[list[Worker]]:
    """Start workers that have collected the tests, for mutants inside functions."""
    command = ("-m", "pytest", "-p", "tests.mutants.collected", *OPTIONS, *list_test_arguments())
    with _workers(f"{backend}-collected", backend, command, count) as workers:
        yield workers


@contextmanager
def fresh_workers(backend: str, count: int) -> Iterator[list[Worker]]:
    """Start workers that have only imported libraries, for mutants outside of functions."""
    with _workers(
        f"{backend}-fresh",
        backend,
        ("-m", "tests.mutants.fresh", str(LOGS / "modules.json")),
        count,
    ) as workers:
        yield workers


@contextmanager
def _workers(name: str, backend: str, command: Sequence[str], count: int) -> Iterator[list[Worker]]:
    run = Run(backend, in_browser=False, arguments=(), wanted_workers=0, is_whole=False)
    with ExitStack() as stack:
        environments = [stack.enter_context(prepared([run]))[run] for _ in range(count)]
        workers = []
        for number, environment in enumerate(environments):
            worker = Worker(f"{name}-{number}", command, {**os.environ, **environment})
            stack.callback(worker.stop)
            workers.append(worker)
        yield workers
