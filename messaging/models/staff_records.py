from django.conf import settings
from django.db import models
from django.utils import timezone

from messaging.models.conversations import Conversation
from messaging.models.messages import Message

REASON_MAX_LENGTH = 500


class MessageRemoval(models.Model):
    """
    A message that support has taken down: who did it, and why.

    The email address is copied, so that the record outlives the account.
    """

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="removal")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    removed_by_email = models.EmailField()
    reason = models.CharField(max_length=REASON_MAX_LENGTH)
    removed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Removal of message {self.message_id}"


class MessageReading(models.Model):
    """
    A staff user's reading of a conversation: who, when, and why.

    The email address is copied, so that the record outlives the account. It has no message texts.
    """

    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.SET_NULL, related_name="readings"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reader_email = models.EmailField()
    reason = models.CharField(max_length=REASON_MAX_LENGTH)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    last_read_at = models.DateTimeField(default=timezone.now, editable=False)
    pages_read = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        permissions = (("read_message_content", "Can read private messages, with a reason"),)

    def __str__(self) -> str:
        return f"Reading of conversation {self.conversation_id}"
