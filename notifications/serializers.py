from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from api.fields import TextField
from notifications.models import DeviceToken
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


class ForgetDeviceSerializer(serializers.Serializer[Any]):
    token = TextField(max_length=2048)


class PushKeySerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(allow_null=True)
