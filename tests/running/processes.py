"""Starts pytest processes: one on the terminal, or several side by side."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.running.plan import Run

LOGS = Path(os.environ.get("TEST_LOGS", "var/test-logs"))
PATIENCE = 30.0
"""Seconds that pytest has to tear down after a signal; its workers take up to 15 s."""
PROGRESS = re.compile(rb"\[ *(\d+)%\]")
SECONDS_BETWEEN_REPORTS = 30.0
NOTHING_COLLECTED = 5


@dataclass
class Job:
    """A process that runs tests; `code` is its exit code, or None as long as it is running."""

    run: Run
    process: subprocess.Popen[bytes]
    log: Path | None
    began_at: float = field(default_factory=time.monotonic)
    code: int | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def poll(self) -> bool:
        """Return whether the process has ended, and record its exit code and the time it took."""
        if self.code is None:
            before = _cpu_seconds_of_ended()
            self.code = self.process.poll()
            self.seconds = time.monotonic() - self.began_at
            self.cpu_seconds = _cpu_seconds_of_ended() - before
        return self.code is not None

    def read_progress(self) -> str:
        """Return the run's name, and the last percentage that pytest has printed."""
        found = PROGRESS.findall(self.log.read_bytes()) if self.log else []
        return f"{self.run.name} {found[-1].decode() if found else 0} %"

    def summarise(self) -> str:
        how = f"failed (exit code {self.code})" if self.has_failed else "passed"
        return f"{self.run.name}: {how} in {self.seconds:.0f} s, {self.cpu_seconds:.0f} s of CPU"

    @property
    def has_failed(self) -> bool:
        # An option such as -k may select no test of this run, but some of another: see tests.run.
        return self.code not in (0, NOTHING_COLLECTED)

    def interrupt(self, *, from_terminal: bool) -> None:
        """
        Have pytest tear down its tests, which it does on SIGINT but not on SIGTERM.

        With `from_terminal`, send nothing to a pytest on the terminal: Ctrl-C has already reached it, and
        a second SIGINT would interrupt the teardown.
        """
        if self.code is None and (self.log or not from_terminal):
            self._signal(signal.SIGINT)

    def wait_or_kill(self) -> None:
        """Wait until pytest has torn down, then kill everything that it started and that still runs."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()
        if self.log:
            self._signal(signal.SIGKILL)

    def _signal(self, signum: int) -> None:
        with suppress(ProcessLookupError):
            if self.log:
                os.killpg(self.process.pid, signum)
            else:
                self.process.send_signal(signum)


def start(run: Run, environment: dict[str, str], *, alone: bool) -> Job:
    """Start pytest: on the terminal if it is alone, otherwise with its output in a file."""
    command = [sys.executable, "-m", "pytest", *_list_options(run), *run.arguments]
    if alone:
        return Job(run, subprocess.Popen(command, env=environment), None)
    return _start_beside_others(run, ["nice", f"-n{run.niceness}", *command], environment)


def start_javascript() -> Job:
    """Start the tests of the browser client's logic, which need no servers."""
    run = Run("javascript", in_browser=False, arguments=(), wanted_workers=0, is_whole=True)
    return _start_beside_others(run, [sys.executable, "-m", "tests.js"], dict(os.environ))


def _start_beside_others(run: Run, command: list[str], environment: dict[str, str]) -> Job:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{run.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    return Job(run, process, log)


def _list_options(run: Run) -> Iterator[str]:
    """Yield options that give this pytest its own files and keep each test file on one worker."""
    yield from ("-o", f"cache_dir=var/pytest/{run.name}")
    yield f"--output=var/test-results/{run.name}"
    if run.workers:
        # Files run in the order of folders, so that the servers of tests/system run only during its tests.
        yield from ("-n", str(run.workers), "--dist", "loadfile", "--no-loadscope-reorder")


def wait_for_all(jobs: Sequence[Job], report: Callable[[str], None]) -> Iterator[Job]:
    """Yield each job as it ends; report the progress of the others every 30 s."""
    waiting, reported_at = list(jobs), time.monotonic()
    while waiting:
        for job in [each for each in waiting if each.poll()]:
            waiting.remove(job)
            yield job
        if time.monotonic() > reported_at + SECONDS_BETWEEN_REPORTS and waiting:
            reported_at = time.monotonic()
            if all(each.log for each in waiting):
                report(", ".join(each.read_progress() for each in waiting))
        time.sleep(0.1)


def _cpu_seconds_of_ended() -> float:
    """Return the CPU seconds of all ended children, including their own children."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
