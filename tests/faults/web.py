"""Web processes and a worker, which can be killed, frozen and restarted."""

from pathlib import Path

import httpx

from tests.backends.server import Server, make_env
from tests.system.python_process import PythonProcess

STARTED = "Running jobs."


class Program(Server):
    """One process of the product, or of a sabotaged version."""

    variable = ""
    wheel = ""
    module = "config.serve"
    arguments: tuple[str, ...] = ()

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__(own=True)
        self.environment = {**environment, "PORT": str(self.port)}

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

    def start(self) -> None:
        self._starts = self.read_log().count(STARTED)
        super().start()

    def _answers(self) -> bool:
        return self.read_log().count(STARTED) > self._starts
