"""Composes the emails about accounts."""

from django.utils.translation import gettext as _

from text.graphemes import first_letter
from users.email_layout import Button, Card, Email, Note, Paragraph, lay_out
from users.models import User


def compose_reset_email(*, link: str) -> Email:
    """Return an email with a link for setting a new password."""
    return lay_out(
        subject=_("Reset your password"),
        blocks=[
            Paragraph(_("Someone (probably you) asked to reset your password.")),
            Button(
                lead=_("To choose a new password, open this link:"),
                label=_("Choose a new password"),
                link=link,
            ),
            Note(
                _("If this was not you, you can ignore this email. Your password will not change.")
            ),
        ],
    )


def card_of(person: User) -> Card:
    """Return a person's name, business and picture, or initials, for the top of an email."""
    letters = first_letter(person.first_name) + first_letter(person.last_name)
    return Card(
        name=person.get_full_name() or person.email,
        detail=person.business_name,
        initials=letters or first_letter(person.email),
        picture=read_picture(person),
    )


def read_picture(person: User) -> bytes | None:
    """Return the JPEG of a person's picture; None if there is none, or if its file is missing."""
    if not person.profile_image:
        return None
    try:
        with person.profile_image.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None
