from django.db import models


class SearchEntry(models.Model):
    """
    The text of a message as search compares it: folded by `text.folding.fold_message`.

    The recurring job `messaging.index` adds these rows. Triggers delete the row of a message in the same
    transaction that changes or removes its text, so no copy outlives a text. On PostgreSQL, a migration
    adds the column `grams` with an index, on SQLite a table of FTS5 with the same text.
    """

    message_id = models.BigIntegerField(primary_key=True)
    conversation_id = models.BigIntegerField()
    folded = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Search entry of message {self.message_id}"


class SearchPending(models.Model):
    """
    A message whose text is not in a `SearchEntry` yet.

    A trigger adds the row, whichever release wrote the message. Searches read these messages themselves.
    """

    message_id = models.BigIntegerField(primary_key=True)
    conversation_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Message {self.message_id}, to be indexed"
