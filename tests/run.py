"""
Runs the tests on each set of servers: `python -m tests.run [embedded|production|all] [pytest …]`.

`embedded` is what an empty environment gives: SQLite and the in-memory channel layer. `production`
is a real PostgreSQL and a real Redis (see `tests.backends`). Several runs go on side by side; the
output of each goes to var/test-logs and is printed when the run ends. A single run uses the
terminal. If one run fails, the others continue, and the exit code is 1.

The browser tests (tests/e2e) are separate runs, because Playwright keeps an event loop running in
which no other test works. Paths among the arguments go to the runs they belong to; all other
arguments go to every run. Without arguments, or with only `all`, the browser client's logic is also
tested in node, and the coverage of Python and JavaScript is printed and checked against its limits.
docs/testing.md says which tests run where.
"""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from tests.backends import BackendUnavailable
from tests.e2e.chromium import ChromiumUnavailable, find_chromium
from tests.running import coverage
from tests.running.plan import BACKENDS, Run, list_runs
from tests.running.processes import (
    LOGS,
    NOTHING_COLLECTED,
    Job,
    start,
    start_javascript,
    wait_for_all,
)
from tests.running.servers import Environment, prepared


class Interrupted(Exception):
    """SIGTERM or SIGINT arrived."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.strsignal(signum))
        self.signum = signum


def main(arguments: list[str]) -> int:
    """Run the tests on the servers that the first argument names, or on all; return an exit code."""
    backends: tuple[str, ...] = BACKENDS
    if arguments and arguments[0] in (*BACKENDS, "all"):
        name = arguments.pop(0)
        backends = BACKENDS if name == "all" else (name,)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _interrupt)
    try:
        is_everything = backends == BACKENDS and not arguments
        return run(list_runs(backends, arguments), is_everything=is_everything)
    except Interrupted as interrupted:
        _say(f"interrupted: {interrupted}; the output until then is in {LOGS}")
        return 128 + interrupted.signum
    except BackendUnavailable as error:
        _say(str(error))
        return 1


def run(runs: Sequence[Run], *, is_everything: bool) -> int:
    """Run all `runs`, and return an exit code; if `is_everything`, test JavaScript and check coverage."""
    problems: list[str] = []
    measured = coverage.begin() if is_everything else {}
    with prepared(runs) as environments:
        jobs: list[Job] = []
        try:
            if is_everything:
                jobs.append(start_javascript())
            # Browser runs start last: Chromium may have to be downloaded while the others run.
            for each in sorted(runs, key=lambda run: run.in_browser):
                # Coverage is not measured in browser runs: they spend most of their time outside
                # Python, and reach no Python code that the other runs miss.
                extra = {} if each.in_browser else measured
                environment = {**environments[each], **extra}
                problems += _start(each, environment, jobs, alone=len(runs) == 1)
            for job in wait_for_all(jobs, report=print):
                _show(job)
        except BaseException as error:
            signum = error.signum if isinstance(error, Interrupted) else signal.SIGTERM
            _end(jobs, from_terminal=signum == signal.SIGINT and os.isatty(0))
            raise
    if is_everything and not coverage.report():
        problems.append("Coverage is below its limit: see the table above, or var/coverage/html.")
    _say(*(job.summarise() for job in jobs), *problems)
    has_run = any(job.code != NOTHING_COLLECTED for job in jobs)
    return 1 if problems or not has_run or any(job.has_failed for job in jobs) else 0


def _start(run: Run, environment: Environment, jobs: list[Job], *, alone: bool) -> list[str]:
    """Start a run and append its process to `jobs`; return the problems that prevented the start."""
    try:
        if run.in_browser:
            find_chromium()
    except ChromiumUnavailable as error:
        return [str(error)]
    jobs.append(start(run, environment, alone=alone))
    return []


def _end(jobs: Sequence[Job], *, from_terminal: bool) -> None:
    """Interrupt every job, and wait until all have torn down; ignore further signals meanwhile."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_IGN)
    for job in jobs:
        job.interrupt(from_terminal=from_terminal)
    for job in jobs:
        job.wait_or_kill()


def _show(job: Job) -> None:
    if job.log:
        _say(f"==== {job.run.name} ====", job.log.read_text(errors="replace").strip())


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise Interrupted(signum)


def _say(*lines: str) -> None:
    print("", *lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
