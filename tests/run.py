"""
Runs the tests on each set of servers: `python -m tests.run [embedded|production|all] [pytest …]`.

embedded is what an empty environment gives, SQLite and the in-memory channel layer; production is
a real PostgreSQL and a real Redis (see `tests.backends`). `all` runs both, one after the other,
whether or not the first fails. Exits with the first run's code that is not 0.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from types import FrameType
from typing import NoReturn

from tests.backends import BackendUnavailable, running_backends

RUNS = ("embedded", "production")
PATIENCE = 15.0
"""Seconds that pytest has to tear down after a signal."""


class Interrupted(Exception):
    """SIGTERM or SIGINT arrived."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.strsignal(signum))
        self.signum = signum


def main(arguments: list[str]) -> int:
    """Run what the first argument names (all, without one) and hand pytest the others."""
    names: tuple[str, ...] = RUNS
    if arguments and arguments[0] in (*RUNS, "all"):
        name = arguments.pop(0)
        names = RUNS if name == "all" else (name,)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _interrupt)
    try:
        results = {name: run(name, arguments) for name in names}
    except Interrupted as interrupted:
        _say(f"interrupted: {interrupted}")
        return 128 + interrupted.signum
    _say(*(_summarise(name, code) for name, code in results.items()))
    return next(filter(None, results.values()), 0)


def run(name: str, arguments: list[str]) -> int:
    """Run pytest once, on the servers of that name, and return its exit code."""
    _say(f"==== {name} ====")
    if name == "embedded":
        return run_pytest(arguments, {"TEST_BACKEND": name})
    try:
        with running_backends() as backends:
            servers = {"DATABASE_URL": backends.database_url, "REDIS_URL": backends.redis_url}
            return run_pytest(arguments, {"TEST_BACKEND": name, **servers})
    except BackendUnavailable as error:
        _say(str(error))
        return 1


def run_pytest(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run pytest with these servers and no others, and return its exit code."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, env={**inherited, **environment}) as process:
        try:
            return process.wait()
        except Interrupted as interrupted:
            _end(process, interrupted.signum)
            raise


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise Interrupted(signum)


def _end(process: subprocess.Popen[bytes], signum: int) -> None:
    """Let pytest tear down what its tests started: it does so on SIGINT only, not on SIGTERM."""
    # Ctrl-C reached pytest already, and a second one would interrupt the tearing down.
    if signum == signal.SIGTERM or not os.isatty(0):
        process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


def _summarise(name: str, code: int) -> str:
    return f"{name}: {f'failed (exit code {code})' if code else 'passed'}"


def _say(*lines: str) -> None:
    print("", *lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
