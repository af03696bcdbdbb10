"""How the people in the screenshots sign in."""

import unicodedata

PASSWORD = "correct-horse-battery-1"


def address_of(name: str) -> str:
    """
    Return the e-mail address of a name: `Inés Fernández-Montenegro` is
    `ines.fernandez-montenegro@…`.
    """
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o")).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@example.com"
