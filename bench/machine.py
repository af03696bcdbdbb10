"""Where and on what code a result was measured: a figure without them says nothing."""

import os
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

from bench.processes import ROOT

BUSY_PERCENT = 10.0
"""More of the processor's time taken than this means that somebody else is measured too."""
LOOK_SECONDS = 3.0


def describe(*, durable: bool) -> dict[str, Any]:
    """Return the commit, the machine, and how busy others keep it: before anything is started."""
    return {
        "commit": _git("rev-parse", "--short", "HEAD") + _changes(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "fsync": durable,
        "busy_percent": psutil.cpu_percent(LOOK_SECONDS),
    }


class Others:
    """How much of the processor's time others take, from now on: load, servers and database are ours."""

    def __init__(self) -> None:
        self._start, self._busy, self._own = time.monotonic(), busy_seconds(), _own_seconds()

    def percent(self) -> float:
        """Return their share, while our servers still run."""
        theirs = busy_seconds() - self._busy - (_own_seconds() - self._own)
        whole = (time.monotonic() - self._start) * (os.cpu_count() or 1)
        return round(max(0.0, 100 * theirs / whole), 1)


def busy_seconds() -> float:
    """Return the processor time that the machine has spent on anything so far."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _own_seconds() -> float:
    """Add up all that is below this process, those included that have ended."""
    root = psutil.Process()
    return sum(float(sum(each.cpu_times()[:4])) for each in (root, *root.children(recursive=True)))


def sentence(machine: dict[str, Any]) -> str:
    """Say the same in a line."""
    return (
        f"Commit {machine['commit']}; {machine['processor']}, {machine['cores']} cores,"
        f" {machine['memory_gb']} GB; Python {machine['python']}, PostgreSQL {machine['postgresql']},"
        f" fsync {'on' if machine['fsync'] else 'off'}; others took"
        f" {machine['busy_percent']:.0f} % of the processor before and"
        f" {machine['others_percent']:.0f} % meanwhile."
    )


def is_busy(machine: dict[str, Any]) -> bool:
    """Tell whether a result says as much about others as about the product."""
    return bool(max(machine["busy_percent"], machine["others_percent"]) > BUSY_PERCENT)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


def _changes() -> str:
    """Say when the product's code is not what the commit has."""
    code = ("config", "server", "users", "messaging", "trainer", "requirements.txt")
    return " and changes" if _git("status", "--porcelain", "--", *code) else ""


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else ""
