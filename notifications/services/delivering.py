"""
Prepares one notification for one device, and records the push service's answer. The network lies between.

At least once: a notification that a push service has accepted while the process was killed is sent
again. It replaces itself on the device, as both have the same topic. It is lost only after
nine attempts over an hour or more.
"""

import logging
from threading import BoundedSemaphore

from django.db import connection

from jobs.exceptions import GiveUp, RetryLater
from notifications.contents import Notification, get_notification
from notifications.models import DeviceToken
from notifications.outcomes import Outcome, Verdict
from notifications.selectors import Delivery

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 60 * 60
# Many threads wait for push services at a time; so many of them use the database.
_database_use = BoundedSemaphore(3)


def prepare_notification(delivery: Delivery) -> Notification | None:
    """Return what `get_notification` does, and keep no database connection while it is sent."""
    with _database_use:
        notification = get_notification(delivery)
        if not connection.in_atomic_block:
            connection.close()  # the push service may take twelve seconds
    return notification


def record_outcome(notification: Notification, outcome: Outcome) -> None:
    """
    Forget a device that is gone. Raise RetryLater or GiveUp if the push service does not take it.

    A retry comes after the time that the push service asked for, and at the latest in an hour.
    """
    if outcome.verdict is Verdict.DELIVERED:
        return
    logger.info("Push to device %s: %s", notification.device_id, outcome.reason)
    if outcome.verdict is Verdict.LATER:
        raise RetryLater(outcome.reason, seconds=min(outcome.retry_after, LONGEST_PAUSE_SECONDS))
    if outcome.verdict is Verdict.REFUSED:
        raise GiveUp(outcome.reason)
    _forget_device(notification)


def _forget_device(notification: Notification) -> None:
    """Delete a device that no longer exists, unless it has got a new address meanwhile."""
    with _database_use:
        DeviceToken.objects.filter(pk=notification.device_id, token=notification.token).delete()
