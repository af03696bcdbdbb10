"""Reads the e-mails that the product's jobs have sent."""

import re

from django.core import mail
from django.core.mail import EmailMessage

from tests.jobs.running import run_due


def wait_for_mail(count: int = 1) -> EmailMessage:
    """Run the jobs that send e-mails, check that `count` have been sent, and return the last one."""
    run_due()
    assert len(mail.outbox) == count
    return mail.outbox[-1]


def link_in(message: EmailMessage) -> str:
    """Return the only link in an e-mail."""
    (link,) = re.findall(r"https?://\S+", str(message.body))
    return str(link)
