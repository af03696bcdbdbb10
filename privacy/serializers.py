from typing import Any

from rest_framework import serializers

from privacy.links import make_download_link
from privacy.models import DataExport
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


class DataExportSerializer(serializers.ModelSerializer[DataExport]):
    is_ready = serializers.SerializerMethodField()
    download_url = serializers.SerializerMethodField()

    class Meta:
        model = DataExport
        fields = ("id", "created_at", "expires_at", "size", "is_ready", "download_url")
        read_only_fields = fields

    def get_is_ready(self, export: DataExport) -> bool:
        return export.expires_at is not None

    def get_download_url(self, export: DataExport) -> str | None:
        """Return a link that works without a token; null until the file is ready."""
        return make_download_link(export)
