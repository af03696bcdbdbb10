"""Run the product and the floor, each in its own process."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import psutil

from bench.dataset import SECRET_KEY
from tests.backends import find_free_port

ROOT = Path(__file__).resolve().parent.parent
UNLIMITED = (
    "THROTTLE_MESSAGING",
    "THROTTLE_USER",
    "THROTTLE_READING",
    "THROTTLE_SEARCH",
    "THROTTLE_REFRESH",
    "THROTTLE_SIGN_IN",
    "THROTTLE_SIGN_IN_ADDRESS",
    "THROTTLE_INVITATIONS",
    "THROTTLE_INVITATIONS_ADDRESS",
    "THROTTLE_RESETS",
    "THROTTLE_RESETS_ADDRESS",
)


class Served:
    """An HTTP server whose CPU time and memory can be measured. It runs the code in `folder`."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.folder = ROOT
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = (each.format(port=self.port) for each in command)
        self._command = [sys.executable, "-m", *arguments]
        own = {"PORT": str(self.port), "PUBLIC_URL": self.url}
        self._environment = {**os.environ, **environment, **own}
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            cwd=self.folder,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
        )
        deadline = time.monotonic() + 30
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self._command[-1]} does not start:\n{self.read_log()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *args: object) -> None:
        assert self._process
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()

    def manage(self, *command: str) -> None:
        """Run a management command of the product on the server's database."""
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=self.folder,
            env=self._environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def read_log(self) -> str:
        """Return the server's log, which contains only warnings and errors."""
        self._log.seek(0)
        return self._log.read()

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its processes so far, in seconds."""
        times = [each.cpu_times() for each in self._processes()]
        return float(sum(each.user + each.system for each in times))

    def rss_bytes(self) -> int:
        """Return the memory of all its processes, in bytes."""
        return sum(each.memory_info().rss for each in self._processes())

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def wait_until_idle(self) -> None:
        """Wait until all its processes have started, because loading modules uses the processor."""
        before = -1.0
        while self.cpu_seconds() > before + 0.05:
            before = self.cpu_seconds()
            time.sleep(1)

    def pids(self) -> list[int]:
        """Return the ids of all its processes."""
        return [each.pid for each in self._processes()]

    def _processes(self) -> list[psutil.Process]:
        root = psutil.Process(self.pid)
        return [root, *root.children(recursive=True)]

    def _listens(self) -> bool:
        found = [
            each
            for process in self._processes()
            for each in process.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and each.laddr.port == self.port
        ]
        return bool(found)


def product(database_url: str, redis_url: str, processes: int = 1, **environment: str) -> Served:
    """Run the product as `make serve` does, without throttles."""
    environment["WEB_CONCURRENCY"] = str(processes)
    return Served("config.serve", **shared_environment(database_url, redis_url), **environment)


def daphne(database_url: str, redis_url: str) -> Served:
    """Run the product in daphne."""
    environment = {
        **shared_environment(database_url, redis_url),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return Served(
        "daphne", "--verbosity=0", "--port={port}", "config.asgi:application", **environment
    )


def floor(database_url: str, redis_url: str) -> Served:
    """Run the floor."""
    return Served("bench.floor", **shared_environment(database_url, redis_url))


def prepare(database_url: str, redis_url: str) -> None:
    """Create the tables, and collect the files of the browser client, as `make serve` does."""
    for command in ("migrate", "collectstatic"):
        _manage(command, database_url, redis_url)


def _manage(command: str, database_url: str, redis_url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", command, "--noinput", "--verbosity=0"],
        cwd=ROOT,
        env={**os.environ, **shared_environment(database_url, redis_url)},
        check=True,
    )


def shared_environment(database_url: str, redis_url: str) -> dict[str, str]:
    """Return the variables of production settings, without throttles."""
    return {
        "DEBUG": "0",
        # A value here overrides the checkout's .env.
        "TEST_BACKEND": "production",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "PUBLIC_URL": "http://127.0.0.1",
        "LOG_LEVEL": "WARNING",
        **dict.fromkeys(UNLIMITED, "off"),
    }
