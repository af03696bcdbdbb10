"""Sends emails from jobs, so that failures are retried and no request waits for the mail server."""

import ssl
from email.mime.image import MIMEImage
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)
from socket import gaierror

from django.core.mail import EmailMultiAlternatives
from django.db import connection

from api import outages
from jobs.exceptions import GiveUp
from users.email_layout import PICTURE_ID, Email

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


class RelatedMessage(EmailMultiAlternatives):
    """An email whose attachments are part of its HTML."""

    mixed_subtype = "related"


def send_email(*, to: str, email: Email, headers: dict[str, str] | None = None) -> None:
    """Send an email; raise GiveUp if the mail server permanently refuses the address."""
    if not connection.in_atomic_block:
        connection.close()  # the mail server may take ten seconds
    try:
        _message(to, email, headers).send()
        outages.mail.end()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= PERMANENT for code in codes):
            raise GiveUp(f"The mail server permanently refuses this address: {codes}") from error
        raise
    except AWAY as error:
        outages.mail.note(error)
        raise


def _message(to: str, email: Email, headers: dict[str, str] | None) -> EmailMultiAlternatives:
    """Build the MIME message: the plain text, the HTML and, related to it, the picture."""
    message = RelatedMessage(email.subject, email.text, None, [to], headers=headers)
    message.attach_alternative(email.html, "text/html")
    if email.picture:
        picture = MIMEImage(email.picture, "jpeg")
        picture.add_header("Content-ID", f"<{PICTURE_ID}>")
        picture.add_header("Content-Disposition", "inline", filename="picture.jpg")
        message.attach(picture)
    return message
