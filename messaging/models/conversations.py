from __future__ import annotations

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils import timezone

from users.models import User

PREVIEW_LENGTH = 100
MAX_VERSION = 2**31 - 1


def is_visible_to(user: User, path: str = "") -> Q:
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
        return self.filter(is_visible_to(user))

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
    # The version at which a message was deleted last; NULL if none was, as far as is known.
    deleted_version = models.PositiveIntegerField(null=True, editable=False)
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
