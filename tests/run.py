"""
Runs the tests on each set of servers: `python -m tests.run [embedded|production|all] [pytest …]`.

embedded is what an empty environment gives, SQLite and the in-memory channel layer; production is
a real PostgreSQL and a real Redis (see `tests.backends`). `all` runs both, one after the other,
whether or not the first fails. Exits with the first run's code that is not 0.

On each, the browser's tests (tests/e2e) come second and in a pytest of their own: Playwright keeps
an event loop running, in which nothing else can be tested. Paths among the arguments go to the
pytest that they belong to, all else to both.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.backends import BackendUnavailable, running_backends
from tests.e2e.chromium import ChromiumUnavailable, find_chromium

RUNS = ("embedded", "production")
IN_BROWSER = Path("tests/e2e").resolve()
NOTHING_COLLECTED = 5
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
    """Run all tests on the servers of that name, and return an exit code."""
    _say(f"==== {name} ====")
    if name == "embedded":
        return run_both(arguments, {"TEST_BACKEND": name})
    try:
        with running_backends() as backends:
            servers = {"DATABASE_URL": backends.database_url, "REDIS_URL": backends.redis_url}
            return run_both(arguments, {"TEST_BACKEND": name, **servers})
    except BackendUnavailable as error:
        _say(str(error))
        return 1


def run_both(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run the tests without a browser, then those with one; return the first code that is not 0."""
    others, in_browser = split(arguments)
    codes = [] if others is None else [run_pytest(others, environment)]
    codes += [] if in_browser is None else [run_in_browser(in_browser, environment)]
    # An expression such as -k may well choose tests of one kind only.
    if {0, NOTHING_COLLECTED} == set(codes):
        return 0
    return next(filter(None, codes), 0)


def split(arguments: list[str]) -> tuple[list[str] | None, list[str] | None]:
    """Return what to give to each of both; None for one that none of the given paths belongs to."""
    paths = {each: Path(each.partition("::")[0]).resolve() for each in arguments}
    paths = {each: path for each, path in paths.items() if path.exists()}
    options = [each for each in arguments if each not in paths]
    in_browser = [each for each, path in paths.items() if path.is_relative_to(IN_BROWSER)]
    others = [each for each in paths if each not in in_browser]
    if not paths or any(path in IN_BROWSER.parents for path in paths.values()):
        return arguments, [*options, "tests/e2e"]
    return [*options, *others] if others else None, [*options, *in_browser] if in_browser else None


def run_in_browser(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run pytest with a browser, and return its exit code: 1 where no browser can be had."""
    try:
        find_chromium()
    except ChromiumUnavailable as error:
        _say(str(error))
        return 1
    return run_pytest(arguments, environment)


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
