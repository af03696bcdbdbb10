import logging
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs.metrics import serve_metrics
from jobs.worker import Worker

logger = logging.getLogger(__name__)

GRACE_SECONDS = 8.0


class Command(BaseCommand):
    help = (
        "Run jobs (emails, notifications, pruning) until SIGTERM or SIGINT. Use with JOBS_IN_WEB=0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--threads",
            type=int,
            help="number of jobs to run at the same time (default: JOB_THREADS)",
        )

    def handle(self, *args: Any, threads: int | None = None, **options: Any) -> None:
        logger.info("Version %s.", settings.VERSION)
        serve_metrics()
        stopping = _stop_on_signals()
        worker = Worker(threads=threads, grace_seconds=GRACE_SECONDS)
        worker.start()
        while worker.is_alive():
            if stopping.wait(1):
                worker.stop()
                worker.join(GRACE_SECONDS + 1)
                return
        raise CommandError("The worker stopped unexpectedly.")


def _stop_on_signals() -> threading.Event:
    """
    Return an event that is set by SIGTERM and SIGINT.

    `signal.sigtimedwait` would be shorter, but if the process is frozen for longer than the timeout,
    CPython 3.11 reports a signal that was never sent.
    """
    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopping.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    return stopping
