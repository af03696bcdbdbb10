from django.contrib.auth.tokens import PasswordResetTokenGenerator

from users.models import User


class ResetLinks(PasswordResetTokenGenerator):
    """
    The codes in links that set a new password.

    One dies with its first use, with a sign-in, with another e-mail address, with time, and with
    every end of the person's access: a link does not outlive a deactivation, even a lifted one.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # documented for subclasses
        value = super()._make_hash_value(user, timestamp)
        # As Django has it until the first end: links that are on their way stay good.
        return f"{value} {user.access_epoch}" if user.access_epoch else value


reset_links = ResetLinks()
