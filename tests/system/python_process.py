"""
Python processes that start without importing libraries.

They are forked from a fork server of the standard library, which has imported `tests.system.libraries`
and nothing of the product. Everything else is as in a process started by `python -m`: its environment,
arguments, working directory, output, signals and exit code.
"""

import atexit
import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing import forkserver
from pathlib import Path
from subprocess import CompletedProcess

import coverage
import psutil

from tests.backends import guard
from tests.running.coverage import SETTINGS

ROOT = Path(__file__).resolve().parents[2]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.system.libraries"])


class PythonProcess:
    """A process that runs a module, as `python -m` does, with its output appended to a file."""

    def __init__(
        self, module: str, *arguments: str, environment: Mapping[str, str], log: Path
    ) -> None:
        """Start the process in the root folder. `environment` is complete: nothing is added to it."""
        start_fork_server()
        self._process = _context.Process(
            target=_run_module, args=(module, arguments, dict(environment), str(log), str(log))
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None if the process is running."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended; return its exit code. Raise TimeoutError after `timeout` s."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError(f"The process {self.pid} still runs after {timeout} s.")
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        """Send a signal if the process is running."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process and its children."""
        if self.poll() is None:
            guard.signal_all(guard.list_tree(self.pid), signal.SIGKILL)


def run_python(
    module: str, *arguments: str, environment: Mapping[str, str]
) -> CompletedProcess[str]:
    """Run a module as `PythonProcess` does, and wait for its end."""
    start_fork_server()
    with tempfile.TemporaryDirectory(prefix="messaging-test-") as folder:
        outputs = [f"{folder}/stdout", f"{folder}/stderr"]
        process = _context.Process(
            target=_run_module, args=(module, arguments, dict(environment), *outputs)
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        texts = (Path(each).read_text() for each in outputs)
        return CompletedProcess(("python", "-m", module, *arguments), process.exitcode, *texts)


def start_fork_server() -> None:
    """Start the fork server unless it runs. It sees no settings, and its coverage is not measured."""
    hidden = {name: os.environ.pop(name, None) for name in ("DJANGO_SETTINGS_MODULE", *SETTINGS)}
    try:
        forkserver.ensure_running()
    finally:
        os.environ.update({name: value for name, value in hidden.items() if value})


def pytest_unconfigure() -> None:
    """End the fork server if it runs. Only then does its CPU time count as that of a child."""
    for child in psutil.Process().children():
        if any("multiprocessing.forkserver" in each for each in child.cmdline()):
            child.terminate()
            child.wait()


def _run_module(
    module: str, arguments: tuple[str, ...], environment: dict[str, str], stdout: str, stderr: str
) -> None:
    """Run the module in the forked process, with this environment and its output in these files."""
    for number, path in enumerate((os.devnull, stdout, stderr)):
        opened = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    # multiprocessing has replaced it by one with another number.
    sys.stdin = open(0)  # noqa: SIM115
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    coverage.process_startup()
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        # multiprocessing ends its processes without these functions; coverage saves its data in one.
        atexit._run_exitfuncs()
