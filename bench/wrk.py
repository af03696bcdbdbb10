"""Run the load generator wrk: https://github.com/wg/wrk"""

import json
import os
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.machine import busy_seconds
from bench.processes import Served

SCRIPT = Path(__file__).with_name("requests.lua")


class Unavailable(Exception):
    """A required tool is missing; the message is one line with the remedy."""


@dataclass(frozen=True)
class Request:
    """One request; an @ in the body becomes a new UUID each time."""

    method: str
    path: str
    token: str
    body: str = ""


@dataclass(frozen=True)
class Figures:
    """The results of one run. The processor time is the server's, without its database."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_ms: float
    busy_cores: float
    """Number of cores in use by server, database, Redis and load generator."""

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def ensure_installed() -> None:
    """Install wrk, as root on Debian, if it is missing; raise Unavailable if that is impossible."""
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "wrk"]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if not shutil.which("wrk"):
        raise Unavailable("wrk is needed (Debian: apt-get install wrk)")


def load(server: Served, requests: list[Request], *, seconds: int, connections: int) -> Figures:
    """Send the requests repeatedly, as fast as the server responds."""
    with tempfile.NamedTemporaryFile("w", suffix=".requests") as file:
        file.writelines(f"{r.method} {r.path} {r.token} {r.body}\n" for r in requests)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
        command += ["-s", str(SCRIPT), server.url, "--", file.name, str(random.getrandbits(31))]
        before, busy = server.cpu_seconds(), busy_seconds()
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        cpu, busy = server.cpu_seconds() - before, busy_seconds() - busy
    figures = json.loads(output.splitlines()[-1])
    return Figures(
        **figures,
        cpu_ms=1000 * cpu / max(1, figures["requests"]),
        busy_cores=busy / figures["seconds"],
    )
