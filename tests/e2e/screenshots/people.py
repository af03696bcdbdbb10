"""How the people in the screenshots sign in."""

import unicodedata

PASSWORD = "correct-horse-battery-1"


def address_of(name: str) -> str:
    """
    Return the e-mail address of the person with this name.

    For example, that of `Inés Fernández-Montenegro` is `ines.fernandez-montenegro@example.com`.
    """
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o")).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@example.com"
