"""What edits, deletions and reactions share: who may change a message, and the version of a change."""

from messaging.events import announce_altered
from messaging.exceptions import (
    ConversationArchived,
    ConversationNotFound,
    MessageNotFound,
    NotYourMessage,
)
from messaging.models import Conversation, Extra, Message
from messaging.sql import replies
from users.models import User


def lock_message(user: User, conversation_id: int, message_id: int) -> tuple[Conversation, Message]:
    """
    Lock a conversation, and return it with one of its messages.

    Raise ConversationNotFound, MessageNotFound, or ConversationArchived for its trainer.
    """
    visible = Conversation.objects.visible_to(user).select_for_update(no_key=True)
    conversation = visible.filter(pk=conversation_id).first()
    if conversation is None:
        raise ConversationNotFound
    message = conversation.messages.select_related("sender").filter(pk=message_id).first()
    if message is None:
        raise MessageNotFound
    if conversation.is_archived:
        raise ConversationArchived
    return conversation, message


def ensure_is_own(message: Message, user: User) -> None:
    """Raise NotYourMessage, also for lines such as "Zoe has joined", which nobody has written."""
    if message.sender_id != user.pk or message.extras & Extra.JOINED:
        raise NotYourMessage


def renew_replies(conversation: Conversation, message_id: int) -> None:
    """
    Give each message that quotes this one a version of its own, because the quoted text has changed.

    So clients load these messages again. A shared version could be lost when a connection breaks. The
    last version alone is announced; sockets read those before it from the database.
    """
    if count := replies.renew_replies(message_id, after=conversation.version):
        conversation.version += count
        conversation.save(update_fields=["version"])
        announce_altered(conversation)


def take_version(conversation: Conversation) -> int:
    """Give a locked conversation its next version, and return that."""
    conversation.version += 1
    conversation.save(update_fields=["version"])
    return conversation.version
