"""Links that stop emails about unread messages. They work without a sign-in, for one person each."""

from django.conf import settings
from django.core.signing import BadSignature, Signer

# Without a time or an epoch: a link in an old email must work, also after a change of the password.
_signer = Signer(salt="notifications.unsubscribe", sep="~")


def make_unsubscribe_link(user_id: int) -> str:
    """Return a person's link. Its secret has the name `token`, so it is masked in logs."""
    return f"{settings.PUBLIC_URL}/unsubscribe/?token={_signer.sign(str(user_id))}"


def read_unsubscribe_token(token: str) -> int | None:
    """Return the id of the person to whom a link was sent, or None if it was not made by this server."""
    try:
        return int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
