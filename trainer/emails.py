"""Composes the emails about coaching."""

from django.conf import settings
from django.utils.translation import gettext as _

from trainer.models import Invitation


def compose_invitation_email(invitation: Invitation, *, link: str) -> tuple[str, str]:
    """Return the subject and the text of an email that invites a trainee."""
    text = _(
        "%(name)s has invited you to train with them.\n\n"
        "%(message)s"
        "To accept the invitation, open this link:\n\n"
        "%(link)s\n\n"
        "The link is valid for %(days)s days.\n"
    )
    values = {
        "name": invitation.trainer.get_full_name() or invitation.trainer.email,
        "message": f"{invitation.message}\n\n" if invitation.message else "",
        "link": link,
        "days": settings.INVITATION_LIFETIME.days,
    }
    return _("An invitation from your trainer"), text % values
