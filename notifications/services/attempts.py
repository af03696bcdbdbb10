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
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from api import metrics
from api.outages import Outage, log_failure
from jobs.attempts import get_current_attempt
from jobs.exceptions import GiveUp, RetryLater
from notifications.contents import Notification, get_notification
from notifications.models import MAX_REASON, DeliveryOutcome, DeviceToken
from notifications.obstacles import explain_skip
from notifications.outcomes import Outcome, Verdict
from notifications.selectors import Delivery
from notifications.services.recording import Result, record_delivery

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 60 * 60
RESULTS = {
    Verdict.DELIVERED: Result.SENT,
    Verdict.GONE: Result.GONE,
    Verdict.REFUSED: Result.REFUSED,
    Verdict.LATER: Result.FAILED,
}
_web_push, _firebase = Outage("Web Push"), Outage("Firebase")
# Many threads wait for push services at the same time, but only this many use the database.
_database_use = BoundedSemaphore(3)


def prepare_notification(delivery: Delivery) -> Notification | None:
    """
    Return the notification to send, or None if there is no longer any reason to send one.

    If there is none, store why. Close the database connection, so that it is not occupied while the
    notification is sent.
    """
    with _database_use:
        notification = get_notification(delivery)
        if notification is None:
            record_delivery(
                delivery=delivery,
                result=Result.SKIPPED,
                reason=explain_skip(delivery),
                attempt=get_current_attempt().number,
            )
        if not connection.in_atomic_block:
            connection.close()  # sending may take twelve seconds
    return notification


def record_outcome(delivery: Delivery, notification: Notification, outcome: Outcome) -> None:
    """
    Store the outcome of sending a notification, also at the device, which it switches off if it is GONE.

    Raise GiveUp if the outcome is REFUSED, and RetryLater if it is LATER. A retry waits for the longer of
    two pauses: the job's own, and the one that the push service requests. A requested pause of more than
    an hour counts as an hour.
    """
    outage = _firebase if notification.platform != DeviceToken.Platform.WEB else _web_push
    service = "firebase" if outage is _firebase else "web_push"
    metrics.pushes.labels(service, outcome.verdict.name.lower()).inc()
    _store(delivery, notification, outcome)
    if outcome.verdict is Verdict.DELIVERED:
        outage.end()
        return
    logger.info("Push to device %s: %s", notification.device_id, outcome.reason)
    if outcome.verdict is Verdict.LATER:
        outage.note(outcome.reason)
        raise RetryLater(outcome.reason, seconds=min(outcome.retry_after, LONGEST_PAUSE_SECONDS))
    if outcome.verdict is Verdict.REFUSED:
        raise GiveUp(outcome.reason)


def _store(delivery: Delivery, notification: Notification, outcome: Outcome) -> None:
    """
    Store the outcome, in one transaction.

    The device is left alone if its token has changed since the notification was prepared. Only log a
    failure of the database: the notification may have arrived, and must not be sent again.
    """
    try:
        with _database_use, transaction.atomic():
            device = DeviceToken.objects.filter(pk=notification.device_id, token=notification.token)
            device.update(**_changes_of(outcome))
            attempt = get_current_attempt()
            result = _result_of(outcome.verdict, is_last=attempt.is_last)
            record_delivery(
                delivery=delivery, result=result, reason=outcome.reason, attempt=attempt.number
            )
    except DatabaseError as error:
        log_failure(error, "The outcome of a notification could not be stored.")
        if not connection.in_atomic_block:
            connection.close()


def _result_of(verdict: Verdict, *, is_last: bool) -> DeliveryOutcome.Result:
    if verdict is Verdict.LATER and is_last:
        return Result.GIVEN_UP
    return RESULTS[verdict]


def _changes_of(outcome: Outcome) -> dict[str, Any]:
    """Return the new values of a device's columns."""
    now = timezone.now()
    if outcome.verdict is Verdict.DELIVERED:
        return {"last_success_at": now}
    failure = {"last_failure_at": now, "last_failure": outcome.reason[:MAX_REASON]}
    return {**failure, "is_active": False} if outcome.verdict is Verdict.GONE else failure
