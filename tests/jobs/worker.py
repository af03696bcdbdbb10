"""
Runs `manage.py worker` with the kinds of the tests: `python -m tests.jobs.worker [arguments]`.

With `RESPAWN_PID` it runs it in a child, whose id it writes into that file, and starts the next one as
soon as that is killed: faster than a new interpreter each time.
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
    from jobs import worker  # noqa: F401, PLC0415 - loads what each child needs
    from tests.jobs import kinds  # noqa: F401, PLC0415 - registers them

    if pid_file := os.environ.get("RESPAWN_PID"):
        stay_parent(Path(pid_file))
    execute_from_command_line(["manage.py", "worker", *sys.argv[1:]])


def stay_parent(pid_file: Path) -> None:
    """Return in each child; in the parent, start the next when one is killed, else end with its code."""
    while child := os.fork():
        pid_file.write_text(str(child))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
