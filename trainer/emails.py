"""Composes the emails about coaching."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trainer.models import Invitation


def compose_invitation_email(invitation: Invitation, *, link: str) -> tuple[str, str]:
    """Return the subject and the text of an email that invites a trainee."""
    text = _(
        "%(name)s has invited you to train with them.\n\n"
        "%(message)s"
        "To accept the invitation, open this link:\n\n"
        "%(link)s\n\n"
        "%(validity)s\n"
    )
    days = invitation.lifetime_days
    validity = ngettext(
        "The link is valid for %(days)s day.", "The link is valid for %(days)s days.", days
    )
    values = {
        "name": invitation.trainer.name_in_sentence,
        "message": f"{invitation.message}\n\n" if invitation.message else "",
        "link": link,
        "validity": validity % {"days": days},
    }
    return _("An invitation from your trainer"), text % values
