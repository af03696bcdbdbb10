"""Describe the machine and the commit of a result."""

import os
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

from bench.processes import ROOT

BUSY_PERCENT = 10.0
"""If other programs use more of the processor than this, the result is not representative."""
SAMPLE_SECONDS = 3.0


def describe(*, durable: bool) -> dict[str, Any]:
    """Return the commit, the machine, and its load before any server is started."""
    return {
        "commit": _git("rev-parse", "--short", "HEAD") + _changes(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "fsync": durable,
        "busy_percent": psutil.cpu_percent(SAMPLE_SECONDS),
    }


class Others:
    """Measures the processor time of other programs from now on, without this one and its servers."""

    def __init__(self) -> None:
        self._start, self._busy, self._own = time.monotonic(), busy_seconds(), _own_seconds()

    def percent(self) -> float:
        """Return the share of other programs in percent. Call this while our servers still run."""
        theirs = busy_seconds() - self._busy - (_own_seconds() - self._own)
        whole = (time.monotonic() - self._start) * (os.cpu_count() or 1)
        return round(max(0.0, 100 * theirs / whole), 1)


def busy_seconds() -> float:
    """Return the machine's total processor time so far, in seconds."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _own_seconds() -> float:
    """Return the processor time of this process and its descendants, even ended ones, in seconds."""
    root = psutil.Process()
    return sum(float(sum(each.cpu_times()[:4])) for each in (root, *root.children(recursive=True)))


def sentence(machine: dict[str, Any]) -> str:
    """Return the description as one line."""
    return (
        f"Commit {machine['commit']}; {machine['processor']}, {machine['cores']} cores,"
        f" {machine['memory_gb']} GB; Python {machine['python']}, PostgreSQL {machine['postgresql']},"
        f" fsync {'on' if machine['fsync'] else 'off'}; others took"
        f" {machine['busy_percent']:.0f} % of the processor before and"
        f" {machine['others_percent']:.0f} % meanwhile."
    )


def is_busy(machine: dict[str, Any]) -> bool:
    """Return whether other programs influenced a result too much."""
    return bool(max(machine["busy_percent"], machine["others_percent"]) > BUSY_PERCENT)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


def _changes() -> str:
    """Return a note if the product's code differs from the commit."""
    others = (":!tests", ":!bench", ":!docs", ":!*.md")
    return " and changes" if _git("status", "--porcelain", "--", ".", *others) else ""


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else ""
