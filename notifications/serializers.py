from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db.models import BooleanField
from rest_framework import serializers

from api.fields import FlagField, TextField
from notifications.models import DeviceToken, NotificationPreferences, UnreadWait
from notifications.subscriptions import BadSubscription, check_web_token


class DeviceTokenSerializer(serializers.Serializer[Any]):
    # Push services issue ASCII tokens. 2,048 non-ASCII characters could be too long for an index entry.
    token = TextField(max_length=2048, validators=[RegexValidator(r"\A[ -~]+\Z")])
    platform = serializers.ChoiceField(choices=DeviceToken.Platform.choices)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """
        Reject a browser's token unless it is a valid push subscription or may be an FCM token.

        A subscription must be checked, because the server will send requests to its endpoint.
        """
        if attrs["platform"] == DeviceToken.Platform.WEB:
            try:
                check_web_token(attrs["token"])
            except BadSubscription as error:
                raise serializers.ValidationError({"token": str(error)}) from error
        return attrs


class DeviceSerializer(serializers.Serializer[Any]):
    """
    A registered device. `is_active` is true after a registration.

    It becomes false when the push service refuses the token for good. Registering it again makes it true.
    """

    id = serializers.IntegerField()
    token = serializers.CharField()
    platform = serializers.ChoiceField(choices=DeviceToken.Platform.choices)
    is_active = serializers.BooleanField()


class PreferencesSerializer(serializers.ModelSerializer[NotificationPreferences]):
    """The kinds of notifications that a user wants. This server sends only `new_message`."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        BooleanField: FlagField,
    }

    class Meta:
        model = NotificationPreferences
        exclude = ("user", "unread_email")  # the endpoint returns booleans only


class EmailPreferencesSerializer(serializers.Serializer[Any]):
    """
    When a user gets an email about unread messages.

    `is_silenced` is true while `new_message` of the notification preferences is false: then there are no
    emails, whatever `unread_messages` says.
    """

    unread_messages = serializers.ChoiceField(choices=UnreadWait.choices, required=False)
    is_silenced = serializers.BooleanField(read_only=True)


class ForgetDeviceSerializer(serializers.Serializer[Any]):
    token = TextField(max_length=2048)


class PushKeySerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(allow_null=True)
