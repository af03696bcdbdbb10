"""The product in a separate process, started as by `make serve`."""

import os
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection

from tests.backends import find_free_port
from tests.system.python_process import PythonProcess

START_SECONDS = 120
"""Seconds. A server starts in 1 s, or much more slowly while other tests keep all cores busy."""


class WebServer:
    """
    One web process on the test database, reachable at `url`.

    `environment` is added to the test run's environment; an empty value removes a variable. The server
    deliberately runs with DEBUG=1, unless `environment` sets DEBUG.
    """

    module = "config.serve"

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.arguments = arguments
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.socket_url = f"ws://127.0.0.1:{self.port}/ws/messaging/"
        own = {"PORT": str(self.port), "PUBLIC_URL": self.url}
        self.environment = test_environment(**{**own, **environment})
        self.log = Path(settings.VAR_DIR) / f"test-server-{self.port}.log"
        self.process: PythonProcess | None = None
        self._read_until = 0

    def start(self) -> "WebServer":
        """Start the server, and wait until it responds. Raise RuntimeError with its log if it fails."""
        self.process = PythonProcess(
            self.module, *self.arguments, environment=self.environment, log=self.log
        )
        running.add(self)
        self._wait_until_it_answers()
        return self

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/healthz")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        if self.process:
            self.process.kill()
        raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")

    def send_signal(self, signum: int) -> None:
        assert self.process
        self.process.send_signal(signum)

    def wait(self, timeout: float) -> None:
        """Wait until the process has ended by itself. Raise TimeoutError after `timeout` seconds."""
        assert self.process
        self.process.wait(timeout)

    def __enter__(self) -> "WebServer":
        return self.start()

    def __exit__(self, *args: object) -> None:
        self.stop()

    def read_log(self) -> str:
        """Return what was logged since the last call."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._read_until)
            new = log.read()
        self._read_until += len(new)
        return new.decode(errors="replace")

    def stop(self) -> None:
        running.discard(self)
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except TimeoutError:
                self.process.kill()
        self.log.unlink(missing_ok=True)


running: set[WebServer] = set()
"""The servers of this process that have been started and not stopped."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the running servers have logged during a test to the report of its failure."""
    report = yield
    for server in running:
        text = server.read_log()
        if report.failed:
            report.sections.append((f"Log of {server.url}", text))
    return report


class ServerAhead(WebServer):
    """A web process whose clock is `seconds` ahead, or behind if the number is negative."""

    module = "tests.system.shifted_clock"

    def __init__(self, seconds: float, **environment: str) -> None:
        super().__init__(CLOCK_SHIFT_SECONDS=str(seconds), **environment)


def test_environment(**changes: str) -> dict[str, str]:
    """Return the environment for a process that uses this test run's database."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "LOG_LEVEL": "INFO", "DEBUG": "1"}
    environment["WEB_CONCURRENCY"] = "1"
    environment |= {"SECRET_KEY": settings.SECRET_KEY, **changes}
    return {name: value for name, value in environment.items() if value}


def database_url() -> str:
    """Return the URL of the test database, in the format of DATABASE_URL."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


test_environment.__test__ = False  # type: ignore[attr-defined]  # its name is not a test's
