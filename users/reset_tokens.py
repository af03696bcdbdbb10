from django.contrib.auth.tokens import PasswordResetTokenGenerator

from users.models import User


class ResetTokens(PasswordResetTokenGenerator):
    """
    Tokens in links for setting a new password.

    A token is valid until it expires or is used. It also becomes invalid if the user signs in, loses
    access or admin rights, or gets a new password, email address or role. Reactivating the account does
    not make the token valid again.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # documented for subclasses
        value = super()._make_hash_value(user, timestamp)
        # While the epoch is 0, return Django's value: links emailed by the previous release stay valid.
        return f"{value} {user.access_epoch}" if user.access_epoch else value


reset_tokens = ResetTokens()
