from django.db import transaction

from messaging.events import announce_altered
from messaging.models import Conversation, Message, MessageRemoval
from messaging.removal import empty_messages
from messaging.services.changing import renew_replies
from users.models import User


@transaction.atomic
def remove_message(*, message_id: int, reason: str, by: User) -> bool:
    """
    Delete a message for good, for support; return whether it had not been deleted before.

    The message keeps its place, without content and with a new version, which both people's clients load.
    Previews, unread counts and unsent notifications follow. Who removed it and why is recorded.
    """
    conversations = Conversation.objects.select_for_update(no_key=True, of=("self",))
    conversation = conversations.filter(messages=message_id).first()
    message = Message.objects.filter(pk=message_id, removed_at=None)
    if conversation is None or not message.exists():
        return False
    conversation.version += 1
    conversation.save(update_fields=["version"])
    empty_messages(message, version=conversation.version)
    MessageRemoval.objects.create(
        message_id=message_id, removed_by=by, removed_by_email=by.email, reason=reason
    )
    announce_altered(conversation)
    renew_replies(conversation, message_id)
    return True


def forget_remover(*, user_id: int, name: str) -> None:
    """Replace the email address in the record of a person's removals with `name`, when they are erased."""
    removals = MessageRemoval.objects.filter(removed_by=user_id)
    removals.update(removed_by=None, removed_by_email=name)
