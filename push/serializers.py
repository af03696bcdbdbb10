from typing import Any

from rest_framework import serializers


class PushKeySerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(allow_null=True)
