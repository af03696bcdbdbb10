import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs.worker import Worker

GRACE_SECONDS = 8.0


class Command(BaseCommand):
    help = "Run jobs (e-mails, notifications, pruning) until told to stop, for JOBS_IN_WEB=0."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, help="jobs at a time (default: JOB_THREADS)")

    def handle(self, *args: Any, threads: int | None = None, **options: Any) -> None:
        told_to_stop = _stop_on_signals()
        worker = Worker(threads=threads, grace_seconds=GRACE_SECONDS)
        worker.start()
        while worker.is_alive():
            if told_to_stop.wait(1):
                worker.stop()
                worker.join(GRACE_SECONDS + 1)
                return
        raise CommandError("It has stopped by itself.")


def _stop_on_signals() -> threading.Event:
    """
    Return what SIGTERM and SIGINT set.

    `signal.sigtimedwait` would be shorter, but in CPython 3.11 it reports a signal that never came to
    a process that was frozen for longer than its time-out.
    """
    told = threading.Event()

    def tell(signum: int, frame: FrameType | None) -> None:
        told.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, tell)
    return told
