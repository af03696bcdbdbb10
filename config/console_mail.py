"""Prints emails to the terminal, in frames, so that their links are found among the lines of a log."""

import sys
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

WIDTH = 78


class EmailBackend(BaseEmailBackend):
    """Prints each email; its lines are not wrapped, so a link can be clicked or copied."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            sys.stdout.write(
                _frame(message)
            )  # at once, so that no other thread's line comes between
            sys.stdout.flush()
        return len(email_messages)


def _frame(message: EmailMessage) -> str:
    title = f"┌─ Email to {', '.join(message.recipients())} "
    lines = [f"Subject: {message.subject}", "", *str(message.body).strip().splitlines()]
    framed = (f"│ {line}".rstrip() for line in lines)
    return "\n".join(["", title.ljust(WIDTH, "─"), *framed, "└".ljust(WIDTH, "─"), "", ""])
