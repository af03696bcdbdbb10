from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone

from notifications.models.preferences import NotificationPreferences
from users.browsers import MAX_LENGTH
from users.models import AuthSession, User

MAX_REASON = 100


class DeviceTokenQuerySet(models.QuerySet["DeviceToken"]):
    def reachable(self) -> DeviceTokenQuerySet:
        """
        Return the active devices of active users who have not silenced messages and are signed in.

        Devices that were registered without a sign-in are included.
        """
        sign_ins = AuthSession.objects.alive().filter(kind=AuthSession.Kind.SIGN_IN)
        silenced = NotificationPreferences.objects.filter(user=OuterRef("user"), new_message=False)
        return self.filter(
            ~Exists(silenced),
            Q(session__isnull=True) | Q(session__in=sign_ins.values("pk")),
            is_active=True,
            user__is_active=True,
        )


class DeviceToken(models.Model):
    """
    The push token of an app on a device. A token belongs to one user at a time.

    A browser's token is either the JSON of its PushSubscription or a token from FCM's browser library.
    When the sign-in that registered the token ends, notifications to the device stop.

    When a push service refuses the token for good, the device is switched off: `is_active` is False and
    `last_failure` says why. Registering the token again switches it on.
    """

    class Platform(models.TextChoices):
        IOS = "ios"
        ANDROID = "android"
        WEB = "web"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="device_tokens")
    session = models.ForeignKey(AuthSession, null=True, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=2048)
    platform = models.CharField(max_length=7, choices=Platform.choices)
    # Empty if it is unknown; `users.browsers` describes it in words.
    user_agent = models.CharField(max_length=MAX_LENGTH, default="", db_default="", editable=False)
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    # When the push service last took a notification, and when one last failed. NULL: never.
    last_success_at = models.DateTimeField("last success", null=True, editable=False)
    last_failure_at = models.DateTimeField("last failure", null=True, editable=False)
    last_failure = models.CharField(
        "reason of the last failure",
        max_length=MAX_REASON,
        default="",
        db_default="",
        editable=False,
    )

    objects = DeviceTokenQuerySet.as_manager()

    class Meta:
        db_table = "users_devicetoken"  # from when the model was in `users`
        constraints = (UniqueConstraint(fields=["token"], name="users_devicetoken_token_unique"),)

    def __str__(self) -> str:
        return f"{self.platform} device of user {self.user_id}"
