from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint
from django.utils import timezone

from messaging.models.messages import Message
from text.emoji import MAX_LENGTH


class Reaction(models.Model):
    """
    An emoji that a person has put on a message. `Message.extras` tells whether a message has any.

    Each change to the reactions of a message gives its conversation a version: `Message.reaction_version`.
    """

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="reactions", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions"
    )
    emoji = models.CharField(max_length=MAX_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            UniqueConstraint(fields=["message", "user", "emoji"], name="messaging_reaction_once"),
        )

    def __str__(self) -> str:
        return f"Reaction {self.pk}"


class MessageRevision(models.Model):
    """
    A text that a message had before its sender edited or deleted it. Only support can read it.

    The deletion of the message deletes its revisions too, unless `KEEP_DELETED_TEXTS_DAYS` keeps them and
    the deleted text.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    content = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        permissions = (("read_message_history", "Can read earlier texts of messages"),)

    def __str__(self) -> str:
        return f"Revision of message {self.message_id}"
