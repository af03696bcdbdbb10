"""Stores what became of each email about unread messages."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from api import metrics
from jobs.attempts import get_current_attempt
from notifications.models import MAX_REASON, MailMark, UnreadMail
from notifications.unread import Due

logger = logging.getLogger(__name__)

# Longer than the pause between two attempts. An email whose job has ended without a word, because its
# workers were killed, is not continued after this time.
ABANDONED_AFTER = timedelta(hours=3)
KILLED = "the worker was killed"
Result = UnreadMail.Result


@transaction.atomic
def claim_mail(due: Due) -> UnreadMail:
    """Return the row of a person's email, with this attempt: the open one, else a new one."""
    mail = UnreadMail.objects.open().select_for_update().filter(recipient=due.user).first()
    now = timezone.now()
    if mail and mail.at < now - ABANDONED_AFTER:
        record_result(mail.pk, Result.GIVEN_UP, KILLED)
        mail = None
    mail = mail or UnreadMail(recipient=due.user)
    mail.result, mail.at = Result.SENDING, now
    mail.attempt = get_current_attempt().number
    mail.conversations, mail.messages = len(due.conversations), due.messages
    mail.save()
    return mail


def record_sent(mail: UnreadMail, *, until: datetime) -> None:
    """Store that an email was sent, and that it covers the recipient's messages until `until`."""
    with transaction.atomic():
        marks = MailMark.objects.filter(user=mail.recipient_id)
        if not marks.update(told_until=Greatest(F("told_until"), until)):
            MailMark.objects.get_or_create(
                user_id=mail.recipient_id, defaults={"told_until": until}
            )
        record_result(mail.pk, Result.SENT)


def record_result(mail_id: int, result: UnreadMail.Result, reason: str = "") -> None:
    """Store how an email, or an attempt to send it, ended. `reason` must contain no address and no text."""
    UnreadMail.objects.filter(pk=mail_id).update(
        result=result, reason=reason[:MAX_REASON], at=timezone.now()
    )
    _note(mail_id, result, reason)


def end_open_mail(*, user_id: int, reason: str) -> None:
    """Store why an email that was to be tried again is not sent, if there is one."""
    for mail_id in UnreadMail.objects.open().filter(recipient=user_id).values_list("pk", flat=True):
        record_result(mail_id, Result.SKIPPED, reason)


def record_skipped(reasons: Mapping[int, str]) -> None:
    """Store why people get no email although messages have been unread for a day: {user id: reason}."""
    UnreadMail.objects.bulk_create(
        UnreadMail(recipient_id=user_id, result=Result.SKIPPED, reason=reason)
        for user_id, reason in reasons.items()
    )


def _note(mail_id: int, result: UnreadMail.Result, reason: str) -> None:
    metrics.unread_mails.labels(result).inc()
    logger.info("Email %s about unread messages: %s %s", mail_id, result, reason)
