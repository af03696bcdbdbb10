"""How the people of the demo are called, and how they sign in."""

import unicodedata

from trainer.demo.talks import JONAS, MAYA, NOOR

TRAINER, SECOND_TRAINER, ADMIN = "Tina Torres", "Tom Tanner", "Ada Adams"
SHORT = {
    TRAINER: "trainer",
    SECOND_TRAINER: "trainer2",
    ADMIN: "admin",
    MAYA: "trainee",
    NOOR: "trainee2",
    JONAS: "trainee3",
}
"""The part before the @ of addresses that a newcomer types."""


def address_of(name: str) -> str:
    """
    Return the e-mail address of the person with this name.

    For example, that of `Inés Fernández-Montenegro` is `ines.fernandez-montenegro@example.com`.
    """
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o")).encode("ascii", "ignore").decode()
    return f"{SHORT.get(name) or plain.lower().replace(' ', '.')}@example.com"
