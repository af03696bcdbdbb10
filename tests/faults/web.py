"""Web processes and a worker, which can be killed, frozen and restarted."""

from contextlib import suppress
from pathlib import Path
from time import sleep

import httpx

from tests.backends.server import BackendUnavailable, Server, make_env
from tests.system.python_process import PythonProcess

STARTED = "Running jobs."
STARTS = 5
"""The number of times that a process is started, a second apart, until it stays."""


class Program(Server):
    """One process of the product, or of a sabotaged version."""

    variable = ""
    wheel = ""
    module = "config.serve"
    arguments: tuple[str, ...] = ()

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__(own=True)
        self.environment = {**environment, "PORT": str(self.port)}

    def start(self) -> None:
        """Start the process as a supervisor does: again if it ends, because its database is away."""
        for _ in range(STARTS - 1):
            with suppress(BackendUnavailable):
                self._start_once()
                return
            sleep(1)
        self._start_once()

    def _start_once(self) -> None:
        super().start()

    def read_log(self) -> str:
        """Return all log output of the process so far, including from before its restarts."""
        log = self._home.folder / "log" if self._home else None
        return log.read_text(errors="replace") if log and log.exists() else ""

    def _make_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _prepare(self, folder: Path) -> None:
        pass

    def _spawn(self, log: Path) -> PythonProcess:
        environment = {**make_env(), **self.environment}
        return PythonProcess(self.module, *self.arguments, environment=environment, log=log)


class Web(Program):
    """One web process, which runs `module`."""

    name = "The web process"

    def __init__(self, environment: dict[str, str], module: str = "config.serve") -> None:
        super().__init__(environment)
        self.module = module

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/messaging/"

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False, timeout=2).is_success
        except httpx.TransportError:
            return False


class Worker(Program):
    """`manage.py worker`, which runs jobs in addition to the workers of the web processes."""

    name = "The worker"
    module = "manage"
    arguments = ("worker",)

    def _start_once(self) -> None:
        self._starts = self.read_log().count(STARTED)
        super()._start_once()

    def _answers(self) -> bool:
        return self.read_log().count(STARTED) > self._starts
