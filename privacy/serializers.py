from typing import Any

from rest_framework import serializers

from users.serializers import PasswordField
from users.services.erasure import MessageChoice


class DeleteAccountSerializer(serializers.Serializer[Any]):
    password = PasswordField()
    messages = serializers.ChoiceField(
        choices=[each.value for each in MessageChoice],
        default=MessageChoice.KEEP.value,
        help_text="`keep`: your messages stay for the other person, without your name."
        " `erase`: their texts are removed.",
    )


class DeletedSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    message = serializers.CharField()
