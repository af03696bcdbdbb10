from django.contrib.auth.tokens import PasswordResetTokenGenerator

from users.models import User


class _EarlierResetTokens(PasswordResetTokenGenerator):
    """Tokens of the previous release, which a sign-in makes invalid."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # documented for subclasses
        value = super()._make_hash_value(user, timestamp)
        return f"{value} {user.access_epoch}" if user.access_epoch else value


_earlier = _EarlierResetTokens()


class ResetTokens(PasswordResetTokenGenerator):
    """
    Tokens in links for setting a new password.

    A token is valid until it expires or is used. It also becomes invalid if the user loses access or admin
    rights, or gets a new password, email address or role. Reactivating the account does not make the
    token valid again. A sign-in keeps it valid: otherwise whoever is signed in on another device, or
    signs in to try once more, would make the emailed link useless.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # documented for subclasses
        return f"{user.pk} {user.password} {user.email} {user.access_epoch} {timestamp}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Return whether a token is valid for this user. Tokens of the previous release are accepted."""
        return super().check_token(user, token) or _earlier.check_token(user, token)


reset_tokens = ResetTokens()
