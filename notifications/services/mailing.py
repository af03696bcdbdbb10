"""
Sends an email about what a person has not read.

It is composed just before it is sent. Delivery is at least once: if the worker is killed after the mail
server has accepted the email, and before that is stored, the email is sent again. Both copies have the
same Message-ID, so mail programs can show one.
"""

from smtplib import SMTPResponseException

from django.db import DatabaseError, connection

from api.outages import log_failure
from jobs.attempts import get_current_attempt
from jobs.exceptions import GiveUp, RetryLater
from notifications.emails import compose_unread_email, headers_of
from notifications.models import UnreadMail
from notifications.services.mail_recording import (
    Result,
    claim_mail,
    end_open_mail,
    record_result,
    record_sent,
)
from notifications.unread import find_due
from users.languages import in_language_of
from users.mailer import send_email


def mail_unread(*, user_id: int) -> None:
    """
    Email a person about unread messages, if an email is due now.

    Raise RetryLater if the mail server does not take the email, and GiveUp if it refuses the address for
    good.
    """
    due = find_due(user_id)
    if isinstance(due, str):
        end_open_mail(user_id=user_id, reason=due)
        return
    mail = claim_mail(due)
    try:
        with in_language_of(due.user):
            email = compose_unread_email(due)
        send_email(to=due.user.email, email=email, headers=headers_of(mail))
    except GiveUp as error:
        record_result(mail.pk, Result.REFUSED, str(error))
        raise
    except OSError as error:  # smtplib's exceptions too
        raise _failure(mail, error) from error
    try:
        record_sent(mail, until=due.until)
    except DatabaseError as error:
        # The email was sent, so it must not be tried again.
        log_failure(error, "It could not be stored that an email was sent.")
        connection.close_if_unusable_or_obsolete()


def _failure(mail: UnreadMail, error: OSError) -> RetryLater:
    """Store that an attempt failed; return the exception to raise. Neither contains an address."""
    code = f" {error.smtp_code}" if isinstance(error, SMTPResponseException) else ""
    reason = f"{type(error).__name__}{code}"
    is_last = get_current_attempt().is_last
    record_result(mail.pk, Result.GIVEN_UP if is_last else Result.FAILED, reason)
    return RetryLater(reason)
