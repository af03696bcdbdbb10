"""Sends an e-mail from a job. No request waits for the mail server, and a failure is tried again."""

from smtplib import SMTPRecipientsRefused

from django.core.mail import send_mail
from django.db import connection

from jobs.exceptions import GiveUp

PERMANENT = 500


def send_text(*, to: str, subject: str, text: str) -> None:
    """E-mail `text`; raise GiveUp if the mail server does not take mail for this address at all."""
    if not connection.in_atomic_block:
        connection.close()  # the mail server may take ten seconds
    try:
        send_mail(subject, text, None, [to])
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= PERMANENT for code in codes):
            raise GiveUp(f"The mail server refuses this address: {codes}") from error
        raise
