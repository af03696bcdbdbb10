"""
Takes notifications to be sent, and records what became of them. The network lies in between.

At least once: what a push service has accepted and nobody recorded, because the process was killed in
that moment, is sent again when the claim runs out. It then replaces itself on the device, as both
bear the same topic. At most once for everything else: a delivery is claimed by one process at a time,
and deleted when it has arrived. It is lost only after `MAX_ATTEMPTS`, over an hour or more.
"""

import logging
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from notifications.models import DeviceToken, PushDelivery
from notifications.outcomes import Outcome, Verdict
from notifications.selectors import Notification, list_notifications

logger = logging.getLogger(__name__)

# How long a claim holds: more than twice as long as any attempt, so that only the dead lose it.
CLAIM_SECONDS = 30
MAX_ATTEMPTS = 9
FIRST_PAUSE_SECONDS = 15
LONGEST_PAUSE_SECONDS = 60 * 60


def claim_notifications(limit: int, in_flight: Collection[int] = ()) -> list[Notification]:
    """
    Take up to that many due deliveries for this process, and return what they have to say.

    Those that have nothing to say any more end here: read meanwhile, archived, signed out. Those in
    flight are left alone, even if their claim has run out while this process was held up.
    """
    with transaction.atomic():
        due = PushDelivery.objects.due().exclude(pk__in=in_flight)
        due = due.select_for_update(skip_locked=True)
        claimed = dict(due.values_list("pk", "up_to")[:limit])
        PushDelivery.objects.filter(pk__in=claimed).update(
            due_at=_in(CLAIM_SECONDS), attempts=F("attempts") + 1
        )
    notifications = list_notifications(claimed) if claimed else []
    for pk in claimed.keys() - {each.delivery_id for each in notifications}:
        _settle(pk, claimed[pk])
    return notifications


def record_outcome(notification: Notification, outcome: Outcome) -> None:
    """End a delivery, forget its device, or put it off, as the push service said."""
    if outcome.verdict is not Verdict.DELIVERED:
        logger.info("Push to device %s: %s", notification.device_id, outcome.reason)
    if outcome.verdict is Verdict.GONE:
        DeviceToken.objects.filter(pk=notification.device_id, token=notification.token).delete()
    elif outcome.verdict is Verdict.LATER and notification.attempts < MAX_ATTEMPTS:
        _put_off(notification, outcome)
    else:
        if outcome.verdict is not Verdict.DELIVERED:
            logger.warning("A push was given up: %s", outcome.reason)
        _settle(notification.delivery_id, notification.up_to)


def _settle(pk: int, up_to: int) -> None:
    """End a delivery, or have it begin again if it has more to say by now."""
    with transaction.atomic():
        ended, _ = PushDelivery.objects.filter(pk=pk, up_to=up_to).delete()
        if not ended:
            PushDelivery.objects.filter(pk=pk).update(due_at=timezone.now(), attempts=0)


def _put_off(notification: Notification, outcome: Outcome) -> None:
    pause = FIRST_PAUSE_SECONDS * 2 ** (notification.attempts - 1)
    PushDelivery.objects.filter(pk=notification.delivery_id).update(
        due_at=_in(min(max(pause, outcome.retry_after), LONGEST_PAUSE_SECONDS)),
        last_failure=outcome.reason[:100],
    )


def _in(seconds: float) -> object:
    return timezone.now() + timedelta(seconds=seconds)
