"""Runs a function in a forked child, so that its changes end with the child, and returns its reply."""

import json
import math
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable
from typing import IO, Any

Reply = dict[str, Any]
CPU_SECONDS = 8
"""The CPU time that each test may take: several times that of the slowest."""


def run_in_fork(act: Callable[[], Reply], *, seconds: float) -> Reply:
    """Run `act` in a child, and return its reply, or the outcome "timeout", "crashed" or "error"."""
    reader, writer = os.pipe()
    started_at = time.monotonic()
    pid = os.fork()
    if not pid:
        os.close(reader)
        _be_child(act, writer)
    os.close(writer)
    text = _read_all(reader, started_at + seconds)
    # Kills the child's process group, with all processes that the tests have started.
    os.killpg(pid, signal.SIGKILL) if _leads_group(pid) else os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        text = None
    reply = {"outcome": "timeout"} if text is None else json.loads(text or '{"outcome": "crashed"}')
    cpu = round(usage.ru_utime + usage.ru_stime, 3)
    return {**reply, "seconds": round(time.monotonic() - started_at, 3), "cpu": cpu}


def limit_cpu() -> None:
    """Limit the CPU time of this process to CPU_SECONDS from now on, which ends endless loops."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + CPU_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _leads_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def _be_child(act: Callable[[], Reply], writer: int) -> None:
    os.setpgid(0, 0)
    limit_cpu()
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    try:
        reply = act()
    except BaseException:  # noqa: BLE001 - the parent judges it
        reply = {"outcome": "error", "detail": traceback.format_exc()[-2000:]}
    os.write(writer, f"{json.dumps(reply)}\n".encode())
    os._exit(0)


def _read_all(reader: int, deadline: float) -> str | None:
    """Return one line, or what arrives until the child ends; None if the deadline passes first."""
    parts: list[bytes] = []
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([pipe], [], [], remaining)[0]:
                return None
            part = pipe.read(65536)
            parts.append(part)
            # The end of the line is enough: a process that a test has forked may keep the pipe open.
            if not part or part.endswith(b"\n"):
                return b"".join(parts).decode()


def serve(
    answer: Callable[[dict[str, Any]], Reply], hello: Reply, requests: IO[str], output: int
) -> None:
    """Write `hello`, and then a line with the reply to each line of `requests`, until they end."""
    _write_line(output, hello)
    for line in requests:
        _write_line(output, answer(json.loads(line)))


def _write_line(output: int, reply: Reply) -> None:
    text = (json.dumps(reply) + "\n").encode()
    while text:
        text = text[os.write(output, text) :]
