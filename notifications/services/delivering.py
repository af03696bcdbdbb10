"""
Prepares a notification for a device, and records the push service's response after it was sent.

Delivery is at least once: if the process is killed after a push service has accepted a notification,
it is sent again. Both have the same topic, so the second replaces the first on the device. A
notification is lost only after nine attempts, over an hour or more.
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
# Many threads wait for push services at the same time, but only this many use the database.
_database_use = BoundedSemaphore(3)


def prepare_notification(delivery: Delivery) -> Notification | None:
    """Return the result of `get_notification`, and close the database connection before sending."""
    with _database_use:
        notification = get_notification(delivery)
        if not connection.in_atomic_block:
            connection.close()  # sending may take twelve seconds
    return notification


def record_outcome(notification: Notification, outcome: Outcome) -> None:
    """
    Delete the device if it is gone. Raise RetryLater or GiveUp if the push service refused.

    A retry waits for as long as the push service requested, but at most an hour.
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
    """Delete a device that is gone, unless its token has changed since."""
    with _database_use:
        DeviceToken.objects.filter(pk=notification.device_id, token=notification.token).delete()
