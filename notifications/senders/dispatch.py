import asyncio
from typing import Protocol

from django.conf import settings

from notifications.contents import Notification
from notifications.outcomes import Outcome, Verdict
from notifications.senders.fcm import FcmSender
from notifications.senders.web_push import WebPushSender
from notifications.subscriptions import is_subscription

# The limit for one notification, including sign-in and name resolution. It is much shorter than the
# job's timeout.
SEND_SECONDS = 12.0


class Sender(Protocol):
    """Sends notifications to one kind of device. It is created, used and closed on one event loop."""

    async def send(self, notification: Notification) -> Outcome: ...

    async def close(self) -> None: ...


class Senders:
    """All senders that this server is configured for."""

    def __init__(self) -> None:
        self._web: Sender | None = WebPushSender() if settings.VAPID_PRIVATE_KEY else None
        self._fcm: Sender | None = FcmSender() if settings.FCM_CREDENTIALS_FILE else None

    async def send(self, notification: Notification) -> Outcome:
        """Send a notification to its device. Failures of the push service do not raise exceptions."""
        sender = self._web if is_subscription(notification.token) else self._fcm
        if sender is None:
            return Outcome(Verdict.REFUSED, "not configured")
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await sender.send(notification)
        except TimeoutError as error:
            return Outcome(Verdict.LATER, type(error).__name__)

    async def close(self) -> None:
        for each in filter(None, (self._web, self._fcm)):
            await each.close()
