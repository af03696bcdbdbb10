from __future__ import annotations

from enum import IntFlag
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    CheckConstraint,
    F,
    Index,
    OuterRef,
    Q,
    UniqueConstraint,
    Value,
    When,
)
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone

from messaging.models.conversations import Conversation, is_visible_to
from users.models import User

CONTENT_MAX_LENGTH = 2000


class MessageQuerySet(models.QuerySet["Message"]):
    """Filters by access and by read state; `messaging.sql.rules` states the same rules in SQL."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """Return messages of conversations that `user` may read."""
        return self.filter(is_visible_to(user, "conversation__"))

    def unread(self) -> MessageQuerySet:
        """Return messages that their recipient has not read."""
        return self.filter(read_at__isnull=True)

    def unread_by(self, reader: User | F | OuterRef) -> MessageQuerySet:
        """Return unread messages that `reader` did not send, even if the sender's account is deleted."""
        return self.unread().exclude(sender=reader)

    def change_content(self, *, version: int, **values: Any) -> int:
        """
        Update messages, and record a content change at `version`; return the number of messages.

        Messages that were deleted unread remain so: their `read_version` stays equal to `content_version`.
        """
        was_unread = Q(removed_at__isnull=False, read_version=F("content_version"))
        read_version = values.pop("read_version", F("read_version"))
        values["read_version"] = Case(
            When(was_unread, then=Value(version)),
            default=read_version,
            output_field=models.PositiveIntegerField(),
        )
        return self.update(version=version, content_version=version, **values)


class Extra(IntFlag):
    """
    What a message has beyond its text. Most have nothing, so a page reads one table.

    The first three name rows in other tables. JOINED marks the line that says that the trainee, its sender,
    has joined.
    """

    ATTACHMENTS = 1
    REACTIONS = 2
    REPLY = 4
    JOINED = 8


class Message(models.Model):
    """
    A message in a conversation: a text, or what `extras` names, or both.

    Each change to a message gives the conversation a new version. Five fields store these versions, and
    replays are computed from them:

    - `version`: the last change of any kind.
    - `created_version`: the creation of the message.
    - `read_version`: the change that marked the message as read.
    - `content_version`: the last change to the content or the sender; the creation if there was none.
    - `reaction_version`: the last change to its reactions.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="messages_sent",
    )
    content = models.TextField()
    client_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField()
    created_version = models.PositiveIntegerField()
    read_version = models.PositiveIntegerField(null=True)
    # NULL in rows written by the previous release, which may still run during a deployment.
    content_version = models.PositiveIntegerField(null=True)
    # When its sender last changed the text.
    edited_at = models.DateTimeField(null=True, editable=False)
    # When it was deleted by its sender, by support, or with its sender's account. It then has no content.
    # In rows that the previous release has removed, `content` has a substitute.
    removed_at = models.DateTimeField(null=True, editable=False)
    extras = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Messages are never deleted, so nothing has to check the reference.
    reply_to = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    reaction_version = models.PositiveIntegerField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        permissions = (("remove_message", "Can take down messages"),)
        constraints = (
            UniqueConstraint(
                fields=["conversation", "sender", "client_id"],
                condition=Q(client_id__isnull=False),
                name="messaging_message_client_id_once",
            ),
            UniqueConstraint(
                fields=["conversation", "created_version"],
                name="messaging_message_created_version_once",
            ),
            CheckConstraint(
                condition=Q(GreaterThan(Length("content"), 0))
                | Q(removed_at__isnull=False)
                | Q(GreaterThan(F("extras").bitand(Extra.ATTACHMENTS), 0)),
                name="messaging_message_has_text_or_photos",
            ),
            CheckConstraint(
                condition=LessThanOrEqual(Length("content"), CONTENT_MAX_LENGTH),
                name="messaging_message_content_is_short_enough",
            ),
            CheckConstraint(
                condition=Q(read_at__isnull=True, read_version__isnull=True)
                | Q(read_at__isnull=False, read_version__isnull=False),
                name="messaging_message_read_at_and_version_go_together",
            ),
        )
        indexes = (
            Index(fields=["conversation", "-id"], name="messaging_message_page"),
            Index(fields=["conversation", "version", "id"], name="messaging_message_changes"),
            Index(
                fields=["reply_to"],
                condition=Q(reply_to__isnull=False),
                name="messaging_message_replies",
            ),
            Index(
                fields=["conversation", "sender"],
                condition=Q(read_at__isnull=True),
                name="messaging_message_unread",
            ),
        )

    def __str__(self) -> str:
        return f"Message {self.pk}"
