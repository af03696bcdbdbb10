"""
Ends a server and removes its files when the process that started the server ends, for any reason.

`tests.backends.server` runs `python guard.py FOLDER`. Each time it starts the server, it writes the
server's process id as a line to the guard's standard input. The input is closed when the parent ends,
even by SIGKILL.

PR_SET_PDEATHSIG would be simpler, but fires when the *thread* that started the server ends
(coroutine tests run in such threads), exists on Linux only, and leaves the files behind.
"""

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from signal import SIGCONT, SIGINT, SIGKILL
from time import monotonic, sleep

import psutil

PATIENCE = 10.0
"""Seconds that a server has to shut down before it is killed."""


def list_tree(pid: int) -> list[psutil.Process]:
    """Return a process and all its descendants; PostgreSQL's children are in groups that killpg misses."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def signal_all(processes: Sequence[psutil.Process], signum: int) -> None:
    """Signal the processes that still run; psutil detects a reused process id."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signum)


def wait_gone(processes: Sequence[psutil.Process], seconds: float) -> bool:
    """Wait until all processes have ended; return False if some still run after the time-out."""
    deadline = monotonic() + seconds
    while any(map(_is_running, processes)):
        if monotonic() > deadline:
            return False
        sleep(0.01)
    return True


def end(processes: Sequence[psutil.Process]) -> None:
    """Shut a server down cleanly with SIGINT; if that takes too long, kill it with SIGKILL."""
    signal_all(processes, SIGCONT)
    signal_all(processes[:1], SIGINT)
    if not wait_gone(processes, PATIENCE):
        signal_all(processes, SIGKILL)
        wait_gone(processes, PATIENCE)


def _is_running(process: psutil.Process) -> bool:
    """Return whether a process is running; a zombie is not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def main(folder: str) -> None:
    """Read process ids until the input is closed; then end the last server, and remove the folder."""
    server = None
    for line in sys.stdin:
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(int(line))
    if server and server.is_running():
        end(list_tree(server.pid))
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
