"""
Runs the tests on each set of servers: `python -m tests.run [embedded|production|all] [pytest …]`.

embedded is what an empty environment gives, SQLite and the in-memory channel layer; production is
a real PostgreSQL and a real Redis (see `tests.backends`). All runs go on side by side, each with its
output in var/test-logs, shown when it has ended; a run that is alone has the terminal. Exits with 1
when one has failed, and lets the others end before that.

The browser's tests (tests/e2e) are runs of their own: Playwright keeps an event loop running, in
which nothing else can be tested. Paths among the arguments go to the runs that they belong to, all
else to each. Without arguments, the logic of the browser client is tested in node too, and the coverage
of Python and JavaScript is printed and judged. Which tests run where: docs/testing.md.
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
    """Run the tests on the servers that the first argument names (all, without one)."""
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
    """Run them all, and return an exit code; of everything, measure and judge the coverage."""
    problems: list[str] = []
    measured = coverage.begin() if is_everything else {}
    with prepared(runs) as environments:
        jobs: list[Job] = []
        try:
            if is_everything:
                jobs.append(start_javascript())
            # Those with a browser last: it may have to be fetched, while the others run.
            for each in sorted(runs, key=lambda run: run.in_browser):
                # Browsers spend most of their time outside of Python, and reach nothing else in it.
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
        problems.append("The tests do not reach enough: see the table above, or var/coverage/html.")
    _say(*(job.summarise() for job in jobs), *problems)
    has_run = any(job.code != NOTHING_COLLECTED for job in jobs)
    return 1 if problems or not has_run or any(job.has_failed for job in jobs) else 0


def _start(run: Run, environment: Environment, jobs: list[Job], *, alone: bool) -> list[str]:
    """Start a run and add it to the jobs; return what is in its way."""
    try:
        if run.in_browser:
            find_chromium()
    except ChromiumUnavailable as error:
        return [str(error)]
    jobs.append(start(run, environment, alone=alone))
    return []


def _end(jobs: Sequence[Job], *, from_terminal: bool) -> None:
    """Have all torn down; a second Ctrl-C does not interrupt that."""
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
