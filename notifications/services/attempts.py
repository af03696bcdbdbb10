"""
Prepares a notification for a device, and acts on the push service's response.

Delivery is at least once: if the process is killed after a push service has accepted a notification,
the notification is sent again. Both copies have the same topic, so the second replaces the first on the
device, except in a browser that uses FCM's library. A notification is lost only if the push service
refuses it, if sending it raises an unexpected error, or if nine attempts fail. Nine attempts take about
an hour, or longer if the push service requests longer pauses.
"""

import logging
from threading import BoundedSemaphore

from django.db import connection

from api import metrics
from api.outages import Outage
from jobs.exceptions import GiveUp, RetryLater
from notifications.contents import Notification, get_notification
from notifications.models import DeviceToken
from notifications.outcomes import Outcome, Verdict
from notifications.selectors import Delivery

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 60 * 60
_web_push, _firebase = Outage("Web Push"), Outage("Firebase")
# Many threads wait for push services at the same time, but only this many use the database.
_database_use = BoundedSemaphore(3)


def prepare_notification(delivery: Delivery) -> Notification | None:
    """
    Return the notification to send, or None if there is no longer any reason to send one.

    Close the database connection, so that it is not occupied while the notification is sent.
    """
    with _database_use:
        notification = get_notification(delivery)
        if not connection.in_atomic_block:
            connection.close()  # sending may take twelve seconds
    return notification


def record_outcome(notification: Notification, outcome: Outcome) -> None:
    """
    Delete the device if its token cannot be used. Raise RetryLater or GiveUp after any other failure.

    A retry waits for the longer of two pauses: the job's own, and the one that the push service requests.
    A requested pause of more than an hour counts as an hour.
    """
    outage = _firebase if notification.platform != DeviceToken.Platform.WEB else _web_push
    service = "firebase" if outage is _firebase else "web_push"
    metrics.pushes.labels(service, outcome.verdict.name.lower()).inc()
    if outcome.verdict is Verdict.DELIVERED:
        outage.end()
        return
    logger.info("Push to device %s: %s", notification.device_id, outcome.reason)
    if outcome.verdict is Verdict.LATER:
        outage.note(outcome.reason)
        raise RetryLater(outcome.reason, seconds=min(outcome.retry_after, LONGEST_PAUSE_SECONDS))
    if outcome.verdict is Verdict.REFUSED:
        raise GiveUp(outcome.reason)
    _forget_device(notification)


def _forget_device(notification: Notification) -> None:
    """Delete the device, unless its token has changed since the notification was prepared."""
    with _database_use:
        DeviceToken.objects.filter(pk=notification.device_id, token=notification.token).delete()
