from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Index, OuterRef, Q, UniqueConstraint
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone

from users.models import User

CONTENT_MAX_LENGTH = 2000
PREVIEW_LENGTH = 100
MAX_VERSION = 2**31 - 1
REASON_MAX_LENGTH = 500


def _is_visible_to(user: User, path: str = "") -> Q:
    """Return the condition that `user` may read the conversation at the lookup prefix `path`."""
    is_trainee = Q((f"{path}trainee", user), (f"{path}is_archived", False))
    return Q((f"{path}trainer", user)) | is_trainee


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Filters by access; `messaging.sql.rules` states the same rules in SQL."""

    def of(self, user: User) -> ConversationQuerySet:
        """Return conversations in which `user` takes part, archived or not."""
        return self.filter(Q(trainer=user) | Q(trainee=user))

    def visible_to(self, user: User) -> ConversationQuerySet:
        """Return conversations that `user` may read: for a trainee, only the active ones."""
        return self.filter(_is_visible_to(user))

    def active(self) -> ConversationQuerySet:
        return self.filter(is_archived=False)

    def begin(self, *, trainer: User, trainee: User) -> Conversation:
        """Create the conversation of a trainer and a trainee, with its participant rows."""
        with transaction.atomic(using=self.db):
            conversation = self.create(trainer=trainer, trainee=trainee)
            Participant.objects.bulk_create(
                Participant(conversation=conversation, user=user, side=side)
                for side, user in ((Side.TRAINER, trainer), (Side.TRAINEE, trainee))
            )
        return conversation


class Conversation(models.Model):
    """
    The conversation between a trainer and a trainee; each pair has at most one.

    Each change to the conversation or its messages increments `version` under this row's lock. Versions
    have no gaps and commit in order, so a client that has version N has missed exactly the changes after
    N. When an account is deleted, `trainer` or `trainee` becomes NULL, and the conversation stays.
    """

    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="conversations_as_trainer",
    )
    trainee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="conversations_as_trainee",
    )
    version = models.PositiveIntegerField(default=0)
    # Updated under the row's lock, so that no request has to count the messages.
    message_count = models.PositiveIntegerField(default=0)
    last_message = models.ForeignKey(
        "Message", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    last_message_at = models.DateTimeField(null=True)
    is_archived = models.BooleanField(default=False)
    # The names and addresses of both people when they last worked together; see `messaging.last_known`.
    # NULL if the conversation is active, if an account was deleted, or if the previous release archived it.
    last_known = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConversationQuerySet.as_manager()

    # Set by selectors for the requesting user; never stored.
    last_message_preview: str | None
    unread_count: int

    class Meta:
        constraints = (
            UniqueConstraint(
                fields=["trainer", "trainee"], name="messaging_conversation_one_for_each_pair"
            ),
            CheckConstraint(
                condition=~Q(trainer=F("trainee")),
                name="messaging_conversation_trainer_is_not_trainee",
            ),
        )
        indexes = (
            # On PostgreSQL, a migration adds NULLS LAST to both indexes. SQLite always sorts NULL
            # last in descending order, and does not allow the clause in an index.
            Index(fields=["trainer", "-last_message_at", "-id"], name="messaging_conv_of_trainer"),
            Index(fields=["trainee", "-last_message_at", "-id"], name="messaging_conv_of_trainee"),
        )

    def __str__(self) -> str:
        return f"Conversation {self.pk}"

    @property
    def participant_ids(self) -> tuple[int, ...]:
        """Return the ids of the people whose accounts still exist."""
        return tuple(pk for pk in (self.trainer_id, self.trainee_id) if pk is not None)


class Side(models.TextChoices):
    TRAINER = "trainer"
    TRAINEE = "trainee"


class Participant(models.Model):
    """
    One person in a conversation: the row for future personal settings, such as muting or pinning.

    These rows duplicate the conversation's `trainer` and `trainee`; access depends only on those two
    fields. When an account is deleted, the participant row stays, with `user` NULL. Processes of the
    previous release create no participant rows, so some may be missing until the next deployment adds
    them. Treat a missing row like a row without settings.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="participations",
    )
    side = models.CharField(max_length=7, choices=Side.choices)

    class Meta:
        constraints = (
            # Drop this constraint once a side can have several people.
            UniqueConstraint(
                fields=["conversation", "side"], name="messaging_participant_side_once"
            ),
            UniqueConstraint(
                fields=["conversation", "user"], name="messaging_participant_user_once"
            ),
            CheckConstraint(
                condition=Q(side__in=Side.values), name="messaging_participant_side_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} of conversation {self.conversation_id}"


class MessageQuerySet(models.QuerySet["Message"]):
    """Filters by access and by read state; `messaging.sql.rules` states the same rules in SQL."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """Return messages of conversations that `user` may read."""
        return self.filter(_is_visible_to(user, "conversation__"))

    def unread(self) -> MessageQuerySet:
        """Return messages that their recipient has not read."""
        return self.filter(read_at__isnull=True)

    def unread_by(self, reader: User | F | OuterRef) -> MessageQuerySet:
        """Return unread messages that `reader` did not send, even if the sender's account is deleted."""
        return self.unread().exclude(sender=reader)

    def change_content(self, *, version: int, **values: Any) -> int:
        """Update messages, and record a content change at `version`; return the number of messages."""
        return self.update(version=version, content_version=version, **values)


class Message(models.Model):
    """
    A text in a conversation.

    Each change to a message gives the conversation a new version. Four fields store these versions, and
    replays are computed from them:

    - `version`: the last change of any kind.
    - `created_version`: the creation of the message.
    - `read_version`: the change that marked the message as read.
    - `content_version`: the last change to the content or the sender; the creation if there was none.
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
    # When the text was removed, by support or with its sender's account. `content` then has a substitute.
    removed_at = models.DateTimeField(null=True, editable=False)

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
                condition=GreaterThan(Length("content"), 0),
                name="messaging_message_content_is_not_empty",
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
                fields=["conversation", "sender"],
                condition=Q(read_at__isnull=True),
                name="messaging_message_unread",
            ),
        )

    def __str__(self) -> str:
        return f"Message {self.pk}"


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
