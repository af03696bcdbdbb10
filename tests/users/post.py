"""E-mails that a thread of the product has sent."""

import re
import time

from django.core import mail
from django.core.mail import EmailMessage


def wait_for_mail(count: int = 1) -> EmailMessage:
    """Wait until that many e-mails have been sent, and return the last."""
    deadline = time.monotonic() + 10
    while len(mail.outbox) < count:
        assert time.monotonic() < deadline, f"{len(mail.outbox)} of {count} e-mails came"
        time.sleep(0.01)
    assert len(mail.outbox) == count
    return mail.outbox[-1]


def link_in(message: EmailMessage) -> str:
    """Return the one link in an e-mail."""
    (link,) = re.findall(r"https?://\S+", str(message.body))
    return str(link)
