import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.selectors import is_configured
from notifications.worker import LAST_SECONDS, PushWorker

logger = logging.getLogger(__name__)

SIGNALS = {signal.SIGTERM, signal.SIGINT}


class Command(BaseCommand):
    help = "Send push notifications until told to stop, for web processes with PUSH_IN_WEB=0."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_configured():
            raise CommandError("Set VAPID_PRIVATE_KEY or FCM_CREDENTIALS_FILE.")
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        worker = PushWorker()
        worker.start()
        logger.info("Sending push notifications.")
        while worker.is_alive():
            if signal.sigtimedwait(SIGNALS, 1):
                worker.stop()
                worker.join(LAST_SECONDS + 1)
                return
        raise CommandError("It has stopped by itself.")
