"""The code that PostgreSQL and Redis share: a server process, its children, folder and port."""

import importlib.util
import os
import random
import socket
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from time import monotonic, sleep
from typing import Any, ClassVar, Protocol, Self

import psutil

from tests.backends import guard

START_SECONDS = 120.0
"""Seconds until a server must answer, including its recovery after a kill."""
# Lower than the ephemeral ports, which outgoing connections use. If a server had an ephemeral port and
# was down, a client that keeps connecting to this port could connect to itself. The server then could
# not bind the port again.
PORTS = range(15000, 32000)
# Names the range of these ports that this process may use, such as "15000-15999": see tests.running.worker.
PORTS_VARIABLE = "TEST_PORTS"


class BackendUnavailable(Exception):
    """A server is not available or does not start; the message gives the reason in one line."""


class Process(Protocol):
    """A child process, such as a Popen."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self) -> int: ...


class Home:
    """A server's temporary folder, with a guard that ends the server when this process ends."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="messaging-test-"))
        # The guard has its own session: Ctrl-C must reach only the tests, which then stop the server.
        self._guard = subprocess.Popen(
            [sys.executable, "-P", guard.__file__, self.folder],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def watch(self, pid: int) -> None:
        """Tell the guard which process to end, instead of any previous one."""
        assert self._guard.stdin
        self._guard.stdin.write(f"{pid}\n")
        self._guard.stdin.flush()

    def leave(self) -> None:
        """End the server and remove the folder now."""
        self._guard.communicate()


class Server(ABC):
    """One server. With `own=True`, it is never the one from the environment, so tests may break it."""

    name: ClassVar[str]
    variable: ClassVar[str]
    wheel: ClassVar[str]

    def __init__(self, *, port: int | None = None, own: bool = False) -> None:
        self.external = None if own else os.environ.get(self.variable)
        self.port = port or find_free_port()
        self._home: Home | None = None
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Return the server's address, in the format of `DATABASE_URL` or `REDIS_URL`."""
        return self.external or self._make_url()

    def start(self) -> None:
        """Start the server unless it is running, and wait until it answers. Raise BackendUnavailable."""
        if self.external and not self._answers():
            raise BackendUnavailable(f"{self.name} named by {self.variable} does not answer")
        if self.external or self._process:
            return
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server if it is running, even if it is paused, and remove its files."""
        if self._home:
            self._home.leave()
        if self._process:
            self._process.wait()
        self._home = self._process = None

    def kill(self) -> None:
        """Kill the server and its children. The files stay for `start()` or `restart()`."""
        # The server is stopped first; otherwise it could fork a child that is not in the list.
        guard.signal_all(self._list_processes()[:1], SIGSTOP)
        processes = self._list_processes()
        guard.signal_all(processes, SIGKILL)
        self._collect(processes)

    def restart(self) -> None:
        """Restart the server on its port and files, after a clean shutdown if it is running."""
        if self._process or self.external:
            processes = self._list_processes()
            guard.end(processes)
            self._collect(processes)
        self.start()

    def pause(self) -> None:
        """Freeze the server and its children: connections stay open but get no answers."""
        guard.signal_all(self._list_processes(), SIGSTOP)

    def resume(self) -> None:
        """Let the server continue after `pause()`."""
        guard.signal_all(self._list_processes(), SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @abstractmethod
    def _make_url(self) -> str: ...

    @abstractmethod
    def _prepare(self, folder: Path) -> None:
        """Find the binaries, and create the files that they need in the new folder."""

    @abstractmethod
    def _spawn(self, log: Path) -> Process:
        """Start the process in the folder of its log."""

    @abstractmethod
    def _answers(self) -> bool: ...

    def _as_user(self) -> Mapping[str, Any]:
        """Return the subprocess arguments that run the server as another user."""
        return {}

    def _make_unavailable(self) -> BackendUnavailable:
        return BackendUnavailable(
            f"{self.name} is not available: set {self.variable}, install the server,"
            f" or install the wheel {self.wheel} (it is in requirements-dev.txt)"
        )

    def _launch(self) -> None:
        if self._home is None:
            self._home = Home()
            self._prepare(self._home.folder)
        if not is_free(self.port):
            # Otherwise the other server would answer and be mistaken for this one.
            raise BackendUnavailable(f"{self.name} does not start: port {self.port} is taken")
        log = self._home.folder / "log"
        self._process = self._spawn(log)
        self._home.watch(self._process.pid)
        self._wait_until_it_answers(log)

    def _run(self, command: Sequence[str | Path], log: Path) -> Process:
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=log.parent,
                env=make_env(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **self._as_user(),
            )

    def _wait_until_it_answers(self, log: Path) -> None:
        deadline = monotonic() + START_SECONDS
        while not self._answers():
            assert self._process
            if self._process.poll() is not None or monotonic() > deadline:
                last = log.read_text(errors="replace").splitlines()[-1:]
                raise BackendUnavailable(f"{self.name} does not start: {''.join(last)}")
            sleep(0.02)

    def _list_processes(self) -> list[psutil.Process]:
        if self.external:
            raise RuntimeError(f"{self.name} comes from {self.variable} and is not ours to break")
        if self._process is None:
            raise RuntimeError(f"{self.name} does not run")
        return guard.list_tree(self._process.pid)

    def _collect(self, processes: list[psutil.Process]) -> None:
        guard.wait_gone(processes, guard.PATIENCE)
        assert self._process
        self._process.wait()
        self._process = None


def is_free(port: int) -> bool:
    """Return whether no process listens on a port of 127.0.0.1 right now."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def find_free_port() -> int:
    """Return a port of 127.0.0.1 that is free right now."""
    ports = list_own_ports()
    return next(port for port in iter(lambda: random.choice(ports), None) if is_free(port))


def list_own_ports() -> range:
    """Return the ports reserved for this process."""
    first, _, last = os.environ.get(PORTS_VARIABLE, "").partition("-")
    return range(int(first), int(last) + 1) if last else PORTS


def find_in_wheel(package: str, pattern: str) -> Iterator[Path]:
    """Yield the files of an installed package that match a pattern, without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec and spec.origin:
        yield from Path(spec.origin).parent.glob(pattern)


def make_env() -> dict[str, str]:
    """Return the environment without PGPORT, PGDATA and similar variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
