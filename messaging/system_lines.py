"""
The texts of lines that nobody wrote.

They are stored in English, for clients that do not compose their own sentence from the message's `event`.
"""

from django.db.models import Case, F, Q, TextField, Value, When

from messaging.models import Extra
from users.models import REMOVED_PERSON_NAME


def joined_sentence(name: str) -> str:
    """Return the line that says that a trainee has joined."""
    return f"{name} has joined."


def content_without_name() -> Case:
    """Return the content to store when a sender is erased: a line about them loses their name."""
    has_bit = Q(extras=F("extras").bitor(Extra.JOINED))
    line = Value(joined_sentence(REMOVED_PERSON_NAME))
    return Case(
        When(has_bit, removed_at=None, then=line), default=F("content"), output_field=TextField()
    )
