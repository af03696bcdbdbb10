from django.contrib.auth.tokens import PasswordResetTokenGenerator

from users.models import User


class ResetLinks(PasswordResetTokenGenerator):
    """
    Tokens in links that set a new password.

    A token is valid until it is used, until its user signs in, changes the e-mail address or loses
    access (a later reactivation does not restore it), and until it expires.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # documented for subclasses
        value = super()._make_hash_value(user, timestamp)
        # Django's own value while the epoch is 0: links mailed by the previous release stay valid.
        return f"{value} {user.access_epoch}" if user.access_epoch else value


reset_links = ResetLinks()
