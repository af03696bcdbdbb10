"""Changes the texts of messages as versions of their conversations, at any time."""

from django.db import transaction
from django.utils import timezone

from messaging.events import announce_altered
from messaging.models import Conversation, Message


@transaction.atomic
def edit_message(message_id: int, content: str) -> None:
    """Change a message's text, as the next version of its conversation."""
    conversations = Conversation.objects.select_for_update(no_key=True)
    conversation = conversations.get(messages=message_id)
    conversation.version += 1
    conversation.save(update_fields=["version"])
    edited = Message.objects.filter(pk=message_id)
    now = timezone.now()
    edited.change_content(version=conversation.version, content=content, edited_at=now)
    announce_altered(conversation)
