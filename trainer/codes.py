"""
The secret codes in the links of invitations.

Only a hash of each code is stored. The code itself is derived from the signing key and from the
invitation's id and expiry, so a retried email contains the same link. A renewal changes the expiry, and
therefore the code.
"""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC

from django.utils.crypto import salted_hmac

from trainer.models import Invitation


def make_code(invitation: Invitation) -> str:
    """Compute the code of an invitation from its id and expiry."""
    value = f"{invitation.pk} {invitation.expires_at.astimezone(UTC).isoformat()}"
    digest = salted_hmac("trainer.invitation", value, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def hash_code(code: str) -> str:
    """Return the stored form of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def get_valid_code(invitation: Invitation) -> str:
    """
    Return the code with which the invitation can be accepted now, or "" if it cannot be accepted.

    It is also "" if `SECRET_KEY` has changed since the invitation was sent, because the code cannot be
    computed then.
    """
    if not invitation.is_pending or invitation.is_expired:
        return ""
    code = make_code(invitation)
    return code if hash_code(code) == invitation.code_hash else ""
