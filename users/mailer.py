"""Sends emails from jobs, so that failures are retried and no request waits for the mail server."""

import ssl
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)
from socket import gaierror

from django.core.mail import send_mail
from django.db import connection

from api import outages
from jobs.exceptions import GiveUp

PERMANENT = 500
# Not SMTPException, which is an OSError: some of its messages contain addresses.
AWAY = (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPServerDisconnected,
    ConnectionError,
    TimeoutError,
    gaierror,
    ssl.SSLError,
)


def send_text(*, to: str, subject: str, text: str) -> None:
    """Send an email; raise GiveUp if the mail server permanently refuses the address."""
    if not connection.in_atomic_block:
        connection.close()  # the mail server may take ten seconds
    try:
        send_mail(subject, text, None, [to])
        outages.mail.end()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= PERMANENT for code in codes):
            raise GiveUp(f"The mail server permanently refuses this address: {codes}") from error
        raise
    except AWAY as error:
        outages.mail.note(error)
        raise
