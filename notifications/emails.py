"""
Composes emails about unread messages.

They have names and numbers, and no texts: an email cannot be recalled when its sender deletes the message.
"""

from dataclasses import replace
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.encoding import punycode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import UnreadMail, UnreadWait
from notifications.unread import Due
from notifications.unsubscribe_links import make_unsubscribe_link
from text.directions import isolated
from text.graphemes import shorten
from users.email_layout import (
    Block,
    Button,
    Card,
    Email,
    Lines,
    Note,
    Paragraph,
    SmallLink,
    lay_out,
)
from users.emails import card_of
from users.models import REMOVED_PERSON_NAME, User

MAX_NAME_GRAPHEMES, MAX_NAME_BYTES = 60, 240
# The number of people whom an email lists.
MAX_LISTED = 10
# Stands for an account that was erased while the email was composed.
_NOBODY = User()


def compose_unread_email(due: Due) -> Email:
    """Return the email that tells a person who has written to them."""
    people = User.objects.in_bulk([each.other_id for each in due.conversations])
    others = [people.get(each.other_id, _NOBODY) for each in due.conversations]
    compose = _about_one if len(others) == 1 else _about_several
    subject, blocks = compose(due, others)
    return lay_out(subject=subject, blocks=[*blocks, *_endings(due)])


def _about_one(due: Due, others: list[User]) -> tuple[str, list[Block]]:
    count, path = due.messages, f"messages/{due.conversations[0].conversation_id}"
    values = {"count": count, "name": _name_of(others[0])}
    subject = ngettext(
        "%(count)s unread message from %(name)s", "%(count)s unread messages from %(name)s", count
    )
    text = ngettext(
        "%(name)s sent you a message that you have not read yet.",
        "%(name)s sent you %(count)s messages that you have not read yet.",
        count,
    )
    return subject % values, [_card_of(others[0]), Paragraph(text % values), _button(path)]


def _card_of(person: User) -> Card:
    return replace(card_of(person), detail="")  # without it, the plain text names the person once


def _about_several(due: Due, others: list[User]) -> tuple[str, list[Block]]:
    values = {"count": due.messages, "people": len(others)}
    pairs = zip(others, due.conversations, strict=True)
    lines = [f"{_name_of(person)}: {each.count}" for person, each in pairs][:MAX_LISTED]
    if more := len(others) - len(lines):
        lines.append(ngettext("and one more", "and %(more)s more", more) % {"more": more})
    text = _("%(people)s people sent you %(count)s messages that you have not read yet:") % values
    subject = _("%(count)s unread messages from %(people)s people") % values
    return subject, [Paragraph(text), Lines(tuple(lines)), _button("messages")]


def _button(path: str) -> Button:
    return Button(
        lead=_("To read and answer, open this link:"),
        label=_("Read and answer"),
        link=f"{settings.PUBLIC_URL}/{path}",
    )


def _endings(due: Due) -> list[Block]:
    """Say why this email was sent, and how to get fewer."""
    reasons = {
        UnreadWait.HOUR: _("You get this email when a message has been unread for an hour."),
        UnreadWait.DAY: _("You get this email when a message has been unread for a day."),
    }
    return [
        Note(reasons[UnreadWait(due.wait)]),
        SmallLink(
            _("To choose when you get it, open your settings:"),
            _("Choose when you get it"),
            f"{settings.PUBLIC_URL}/settings",
        ),
        SmallLink(
            _("To stop these emails, open this link:"),
            _("Stop these emails"),
            make_unsubscribe_link(due.user.pk),
        ),
    ]


def _name_of(person: User) -> str:
    """Return a name for a line or a header: without line breaks, and not too long."""
    name = shorten(
        person.get_full_name(), MAX_NAME_GRAPHEMES, bytes_of=_bytes, max_bytes=MAX_NAME_BYTES
    )
    return isolated(name) or person.email or REMOVED_PERSON_NAME


def _bytes(text: str) -> int:
    return len(text.encode())


def headers_of(mail: UnreadMail) -> dict[str, str]:
    """
    Return the headers by which mail programs know an email, group emails, and offer to stop them.

    The Message-ID is the same for each attempt, and the References are the same for all of a person's
    emails. A click on "unsubscribe" is a POST without a sign-in (RFC 8058).
    """
    domain = punycode(parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2])
    return {
        "Message-ID": f"<unread-{_digest(f'mail {mail.pk}')}@{domain}>",
        "References": f"<unread-{_digest(f'person {mail.recipient_id}')}@{domain}>",
        "List-Unsubscribe": f"<{make_unsubscribe_link(mail.recipient_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def _digest(name: str) -> str:
    """Return an id that does not tell how many people and emails there are."""
    return salted_hmac("notifications.emails", name, algorithm="sha256").hexdigest()[:32]
