"""
Runs `manage.py worker` with the tests' kinds: `python -m tests.jobs.worker [arguments]`.

With `RESPAWN_PID` it forks a child, writes the child's id to that file, and forks again as soon as
the child is killed, which is faster than starting an interpreter each time.
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
    """Return in each child. The parent forks again if a child was killed, else exits with its code."""
    while child := os.fork():
        pid_file.write_text(str(child))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
