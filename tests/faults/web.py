"""A web process that can be killed, frozen and restarted on its port."""

import sys
from pathlib import Path

import httpx

from tests.backends.server import Server

ROOT = Path(__file__).resolve().parents[2]


class Web(Server):
    """One web process; `module` is served: the product, or a sabotaged version."""

    name = "The web process"
    variable = ""
    wheel = ""

    def __init__(self, environment: dict[str, str], module: str = "config.serve") -> None:
        super().__init__(own=True)
        self.module = module
        self.environment = {**environment, "PORT": str(self.port), "PYTHONPATH": str(ROOT)}

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/messaging/"

    def read_log(self) -> str:
        """Return its log output so far, across restarts."""
        log = self._home.folder / "log" if self._home else None
        return log.read_text(errors="replace") if log and log.exists() else ""

    def _make_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _prepare(self, folder: Path) -> None:
        pass

    def _make_command(self, folder: Path) -> list[str | Path]:
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        return ["env", *variables, sys.executable, "-m", self.module]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False, timeout=2).is_success
        except httpx.TransportError:
            return False
