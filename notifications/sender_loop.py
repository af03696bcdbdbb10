"""The event loop on which the job threads of this process send notifications."""

import asyncio
import atexit
import logging
from threading import Lock, Thread
from typing import TYPE_CHECKING

from notifications.contents import Notification
from notifications.outcomes import Outcome, Verdict

if TYPE_CHECKING:
    from notifications.senders import Senders

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 1.0


class SenderLoop:
    """Runs the senders on an event loop, in a thread that starts with the first notification."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._senders: Senders | None = None

    def send(self, notification: Notification) -> Outcome:
        """Send a notification, from any thread, and return its outcome within `SEND_SECONDS`."""
        loop, senders = self._open()
        sending = asyncio.run_coroutine_threadsafe(senders.send(notification), loop)
        try:
            return sending.result()
        except Exception as error:
            logger.exception("Sending a notification failed.")
            return Outcome(Verdict.REFUSED, type(error).__name__)

    def close(self) -> None:
        """Close the connections to push services and stop the thread."""
        with self._lock:
            if self._loop is None:
                return
            loop, self._loop = self._loop, None
            senders, self._senders = self._senders, None
        if senders:
            asyncio.run_coroutine_threadsafe(senders.close(), loop).result(CLOSE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)

    def _open(self) -> "tuple[asyncio.AbstractEventLoop, Senders]":
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                Thread(target=self._loop.run_forever, name="push", daemon=True).start()
                atexit.register(self.close)
            if self._senders is None:
                opening = asyncio.run_coroutine_threadsafe(_open_senders(), self._loop)
                self._senders = opening.result()
            return self._loop, self._senders


async def _open_senders() -> "Senders":
    from notifications.senders import Senders  # noqa: PLC0415 - see its docstring

    return Senders()


sender_loop = SenderLoop()
