"""The forms in which a password is hashed and checked."""

import unicodedata
from collections.abc import Callable

from django.contrib.auth import hashers


def normalize_password(raw: str) -> str:
    """Return NFKC, the form that is hashed: keyboards differ in how they compose the same characters."""
    return unicodedata.normalize("NFKC", raw)


def check_password(
    raw: str | None, encoded: str, store: Callable[[str], None] | None = None
) -> bool:
    """
    Return whether a password matches a hash.

    The password as it was typed is the second try, because older hashes were made of that form. `store`
    is called with the password if its hash should be replaced.
    """
    if raw is None:
        return False
    normal = normalize_password(raw)
    return hashers.check_password(normal, encoded, store) or (
        normal != raw and hashers.check_password(raw, encoded, store)
    )
