"""Composes the emails about coaching."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trainer.models import Invitation
from users.email_layout import Button, Email, Note, Paragraph, Quote, lay_out
from users.emails import card_of


def compose_invitation_email(invitation: Invitation, *, link: str) -> Email:
    """Return an email that invites a trainee, and shows who invites them."""
    trainer = invitation.trainer
    name = trainer.name_in_sentence
    quote = [Quote(invitation.message)] if invitation.message else []
    return lay_out(
        subject=_("%(name)s has invited you to train with them") % {"name": name},
        blocks=[
            card_of(trainer),
            Paragraph(_("%(name)s has invited you to train with them.") % {"name": name}),
            *quote,
            Button(
                lead=_("To accept the invitation, open this link:"),
                label=_("Accept invitation"),
                link=link,
            ),
            Note(_validity(invitation.lifetime_days)),
            Note(_("If you do not know %(name)s, you can ignore this email.") % {"name": name}),
        ],
    )


def _validity(days: int) -> str:
    text = ngettext(
        "The link is valid for %(days)s day.", "The link is valid for %(days)s days.", days
    )
    return text % {"days": days}
