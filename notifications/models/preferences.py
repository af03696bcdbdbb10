from django.db import models
from django.utils.translation import gettext_lazy as _

from users.models import User


class UnreadWait(models.TextChoices):
    """How long a message stays unread before its recipient gets an email."""

    OFF = "off", _("no emails")
    HOUR = "hour", _("after an hour")
    DAY = "day", _("after a day")


class NotificationPreferences(models.Model):
    """
    The kinds of notifications that a user wants. A user without a row wants all kinds.

    This server sends only notifications of new messages. The other kinds are stored for existing
    clients, which show all of them.
    """

    user = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    trainee_workout = models.BooleanField(default=True, db_default=True)
    trainee_weight_checkin = models.BooleanField(default=True, db_default=True)
    trainee_started_workout = models.BooleanField(default=True, db_default=True)
    trainee_finished_workout = models.BooleanField(default=True, db_default=True)
    churn_alert = models.BooleanField(default=True, db_default=True)
    re_engagement = models.BooleanField(default=True, db_default=True)
    trainer_announcement = models.BooleanField(default=True, db_default=True)
    achievement_earned = models.BooleanField(default=True, db_default=True)
    community_event = models.BooleanField(default=True, db_default=True)
    new_message = models.BooleanField(default=True, db_default=True)
    community_activity = models.BooleanField(default=True, db_default=True)
    # Empty if the user has not chosen: then it is `UNREAD_EMAIL_DEFAULT`. It has an endpoint of its own,
    # because existing clients expect nothing but booleans from the endpoint of the others.
    unread_email = models.CharField(
        max_length=4, choices=UnreadWait.choices, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name_plural = _("notification preferences")

    def __str__(self) -> str:
        return f"Notification preferences of user {self.user_id}"
