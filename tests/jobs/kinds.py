"""Handlers for real worker processes: each writes a line into the file that JOBS_LOG names."""

import os
import time
from datetime import timedelta

from jobs.registry import job


@job("test.note")
def note(*, number: int) -> None:
    """Write a line in one call, so that lines of several processes are not mixed up."""
    log = os.open(os.environ["JOBS_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{number}\n".encode())
    os.close(log)


@job("test.slow")
def slow(*, number: int, seconds: float) -> None:
    """Write a line at the start, then sleep."""
    note(number=number)
    time.sleep(seconds)


@job("test.kill", retries=1)
def kill_worker() -> None:
    """Kill the process, as the kernel does when memory runs out."""
    os.kill(os.getpid(), 9)


@job("test.hang", timeout=timedelta(seconds=1), retries=0)
def hang() -> None:
    time.sleep(600)


@job("test.fail", retries=0)
def fail() -> None:
    raise ValueError("It broke.")
