"""Finds, creates and reopens the one conversation of a trainer and a trainee."""

from messaging.models import Conversation
from users.models import User


def lock_or_create(trainer: User, trainee: User) -> tuple[Conversation, bool]:
    """Lock or create the conversation of a trainer and a trainee; return it, and whether it is new."""
    found = (
        Conversation.objects.select_for_update(no_key=True)
        .filter(trainer=trainer, trainee=trainee)
        .first()
    )
    if found:
        return found, False
    return Conversation.objects.begin(trainer=trainer, trainee=trainee), True


def reopen(conversation: Conversation) -> None:
    """Reopen a locked conversation. The caller then posts a message, which announces it."""
    conversation.is_archived = False
    conversation.last_known = None
    conversation.save(update_fields=["is_archived", "last_known"])
