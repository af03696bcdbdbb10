"""Composes the emails about accounts."""

from django.utils.translation import gettext as _


def compose_reset_email(*, link: str) -> tuple[str, str]:
    """Return the subject and the text of an email with a link for setting a new password."""
    text = _(
        "Someone (probably you) asked to reset your password. To choose a new one, open this link:\n\n"
        "%(link)s\n\n"
        "If this was not you, you can ignore this email. Your password will not change.\n"
    )
    return _("Reset your password"), text % {"link": link}
