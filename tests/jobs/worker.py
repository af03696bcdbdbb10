"""
Runs `manage.py worker` with the tests' kinds of jobs: `python -m tests.jobs.worker [arguments]`.

If `RESPAWN_PID` names a file, the worker runs in a forked child, whose process id is written to this
file. As soon as the child is killed, another child is forked. This is faster than starting a new
interpreter each time.
"""

import os
import signal
import sys
from pathlib import Path

import django
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from jobs import worker  # noqa: F401, PLC0415 - preloaded for every child
    from tests.jobs import kinds  # noqa: F401, PLC0415 - registers the kinds

    if pid_file := os.environ.get("RESPAWN_PID"):
        stay_parent(Path(pid_file))
    execute_from_command_line(["manage.py", "worker", *sys.argv[1:]])


def stay_parent(pid_file: Path) -> None:
    """
    Return in each forked child; the parent never returns.

    If a child was killed, the parent forks another one. Otherwise, it exits with the child's exit code.
    """
    while child := os.fork():
        pid_file.write_text(str(child))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
